import { describe, expect, it } from 'vitest'
import { generator } from '../../testing/synthetic.ts'
import { sliceFilter } from './slice-filter.ts'
import { boxPolygon, isInside, pointsInside } from './lasso.ts'
import { boundsOf, fitBounds, nearestPoint, panBy, toPixel, toPlane, zoomAt } from './plane-transform.ts'
import { drawPoints, faintLayer, hiddenLayer, packColour, pointSize, selectedLayer, usualLayer } from './point-raster.ts'
import { ascendingOrder } from './rank-scores.ts'
import { maskOf, noRows, rowsIn, toggled, union } from './row-mask.ts'
import { suspectList } from './suspect-list.ts'
import { histogramOf, overlapOf, ThresholdCounts, wrongLabels } from './threshold-counts.ts'
import { cellText, largestPairs } from './transition-cells.ts'
import { changeCell, noiseRate, pairTransition, symmetricTransition } from './transition-editor.ts'

describe('the order of scores', () => {
  it('is that of a sort, ties by row, rows without a score left out', () => {
    const random = generator(4)
    const scores = Float32Array.from({ length: 5000 }, (_, row) => (row % 17 === 0 ? Number.NaN : row % 13 === 0 ? 0.5 : random()))
    scores[3] = -0
    scores[4] = 0
    const expected = Array.from(scores.keys()).filter((row) => !Number.isNaN(scores[row])).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0) || a - b)
    expect(Array.from(ascendingOrder(scores))).toEqual(expected)
  })
  it('of nothing is nothing', () => {
    expect(ascendingOrder(new Float32Array(0)).length).toBe(0)
    expect(ascendingOrder(Float32Array.of(Number.NaN)).length).toBe(0)
  })
})

describe('a threshold', () => {
  const scores = Float32Array.of(0.1, 0.9, 0.2, Number.NaN, 0.2, 0.5)
  const wrong = Uint8Array.of(1, 0, 1, 1, 0, 1)
  const counts = new ThresholdCounts(scores, wrong)
  it('flags what scores at most as much, and says how many of these are wrong', () => {
    expect([0, 0.1, 0.2, 0.4, 1].map((at) => counts.countAt(at))).toEqual([0, 1, 3, 3, 5])
    expect(counts.qualityAt(0.2)).toEqual({ flagged: 3, precision: 2 / 3, recall: 2 / 3 })
    expect(counts.qualityAt(1)).toEqual({ flagged: 5, precision: 3 / 5, recall: 1 })
  })
  it('has no precision where nothing is flagged, no recall where nothing is wrong, neither without truth', () => {
    expect(counts.qualityAt(0)).toEqual({ flagged: 0, precision: null, recall: 0 })
    expect(new ThresholdCounts(scores, new Uint8Array(6)).qualityAt(1)).toEqual({ flagged: 5, precision: 0, recall: null })
    expect(new ThresholdCounts(scores, null).qualityAt(1)).toEqual({ flagged: 5, precision: null, recall: null })
  })
  it('is found for a number of rows, with those that tie', () => {
    expect([0, 1, 2, 3, 99].map((count) => counts.countAt(counts.thresholdFor(count)))).toEqual([0, 1, 3, 3, 5])
  })
  it('agrees with counting row by row', () => {
    const random = generator(9)
    const many = Float32Array.from({ length: 800 }, () => Math.fround(Math.round(random() * 50) / 50))
    const bad = Uint8Array.from(many, (score) => Number(random() > score))
    const all = new ThresholdCounts(many, bad)
    for (const at of new Set(many)) {
      const flagged = Array.from(many.keys()).filter((row) => (many[row] ?? 0) <= at)
      const found = flagged.filter((row) => bad[row] === 1).length
      expect(all.qualityAt(at)).toEqual({ flagged: flagged.length, precision: found / flagged.length, recall: found / bad.reduce((sum, one) => sum + one, 0) })
    }
  })
})

describe('wrong labels, histograms and overlaps', () => {
  it('are told from given and true labels where there are both', () => {
    expect(wrongLabels(Int32Array.of(0, 1, -1, 2), Int32Array.of(0, 2, 1, -1))).toEqual(Uint8Array.of(0, 1, 0, 0))
    expect(wrongLabels(Int32Array.of(0), null)).toBeNull()
  })
  it('have their rows in bars from 0 to 1, the last of which holds 1 too', () => {
    const { all, marked } = histogramOf(Float32Array.of(0, 0.19, 0.2, 1, 0.99), [0, 1, 2, 3, 4], Uint8Array.of(1, 0, 0, 1, 0), 5)
    expect([Array.from(all), Array.from(marked)]).toEqual([[2, 1, 0, 0, 2], [1, 0, 0, 0, 1]])
  })
  it('count what two detectors flag together and alone', () => {
    expect(overlapOf(Uint8Array.of(1, 1, 0, 0), Uint8Array.of(1, 0, 1, 0))).toEqual({ both: 1, onlyFirst: 1, onlySecond: 1, share: 1 / 3 })
    expect(overlapOf(new Uint8Array(3), new Uint8Array(3)).share).toBeNull()
  })
})

describe('the list of suspects', () => {
  const order = Uint32Array.of(4, 2, 0, 1, 3)
  const flagged = Uint8Array.of(1, 0, 0, 0, 1)
  const labels = { given: Int32Array.of(0, 0, 1, 1, 0), suggested: Int32Array.of(1, 0, 0, 1, 2), truth: null }
  const wish = { scope: 'all', below: 0, cell: null, region: null } as const
  it('keeps the order and the limits', () => {
    const listed = (limits: object): number[] => Array.from(suspectList(order, flagged, labels, { ...wish, ...limits }))
    expect(listed({})).toEqual([4, 2, 0, 1, 3])
    expect(listed({ scope: 'below', below: 2 })).toEqual([4, 2])
    expect(listed({ scope: 'flagged' })).toEqual([4, 0])
    expect(listed({ cell: { given: 0, suggested: null, truth: null } })).toEqual([4, 0, 1])
    expect(listed({ cell: { given: 0, suggested: 1, truth: null } })).toEqual([0])
    expect(listed({ scope: 'below', below: 3, region: maskOf(5, [0, 1]) })).toEqual([0])
    expect(listed({ cell: { given: null, suggested: null, truth: 1 } })).toEqual([])
  })
  it('has rows as masks that are joined and changed without touching what they came from', () => {
    const some = maskOf(6, [1, 4, 4, 9])
    expect([some.count, rowsIn(some)]).toEqual([2, [1, 4]])
    expect(rowsIn(union(some, maskOf(6, [0, 4])))).toEqual([0, 1, 4])
    expect([rowsIn(toggled(some, 4)), rowsIn(toggled(noRows(6), 4)), rowsIn(some)]).toEqual([[1], [4], [1, 4]])
  })
})

describe('drawing around', () => {
  const star = [0, 3, 1, 1, 3, 1, 1.5, -0.5, 2, -3, 0, -1.2, -2, -3, -1.5, -0.5, -3, 1, -1, 1]
  it('tells inside from outside, in notches too', () => {
    expect([[0, 0], [0, 2.5], [2, 0.9], [1.9, -0.5], [0, -2.5], [-1.8, 1.5], [5, 0]].map(([x = 0, y = 0]) => isInside(x, y, star))).toEqual([true, true, true, false, false, false, false])
  })
  it('does not depend on where the polygon begins or which way it goes', () => {
    const corners = Array.from({ length: star.length / 2 }, (_, at) => [star[2 * at] ?? 0, star[2 * at + 1] ?? 0])
    const turned = [...corners.slice(4), ...corners.slice(0, 4)].flat()
    const back = corners.toReversed().flat()
    const random = generator(3)
    for (let point = 0; point < 400; point += 1) {
      const [x, y] = [random() * 8 - 4, random() * 8 - 4]
      expect([isInside(x, y, turned), isInside(x, y, back)]).toEqual([isInside(x, y, star), isInside(x, y, star)])
    }
  })
  it('finds the points inside; those that were not placed are outside', () => {
    const { mask, count } = pointsInside(Float32Array.of(0.5, 0.5, Number.NaN, Number.NaN, 2, 2, 0.1, 0.9), boxPolygon(0, 0, 1, 1))
    expect([Array.from(mask), count]).toEqual([[1, 0, 0, 1], 2])
  })
})

describe('the plane', () => {
  const bounds = { minX: -2, maxX: 6, minY: 1, maxY: 3 }
  it('fits all points in, with equal units where they are distances', () => {
    const square = fitBounds(bounds, 420, 420, 10, true)
    expect([toPixel(square, -2, 2), toPixel(square, 6, 2)]).toEqual([[10, 210], [410, 210]])
    expect(square.scaleX).toBe(-square.scaleY)
    const free = fitBounds(bounds, 420, 220, 10, false)
    expect([toPixel(free, -2, 3), toPixel(free, 6, 1)]).toEqual([[10, 10], [410, 210]])
  })
  it('magnifies around a pixel and moves, and knows the way back', () => {
    const start = fitBounds(bounds, 420, 220, 10, false)
    const before = toPlane(start, 100, 50)
    const after = toPlane(zoomAt(start, 100, 50, 3), 100, 50)
    expect(after[0]).toBeCloseTo(before[0], 9)
    expect(after[1]).toBeCloseTo(before[1], 9)
    expect(toPixel(panBy(start, 7, -4), 1, 2)).toEqual([toPixel(start, 1, 2)[0] + 7, toPixel(start, 1, 2)[1] - 4])
  })
  it('has the unit square as bounds where nothing was placed', () => {
    expect(boundsOf(Float32Array.of(Number.NaN, Number.NaN))).toEqual({ minX: 0, maxX: 1, minY: 0, maxY: 1 })
    expect(boundsOf(Float32Array.of(1, 5, Number.NaN, Number.NaN, -1, 7))).toEqual({ minX: -1, maxX: 1, minY: 5, maxY: 7 })
  })
  it('finds the nearest point in reach that is drawn', () => {
    const view = { scaleX: 10, scaleY: 10, left: 0, top: 0 }
    const points = Float32Array.of(1, 1, 2, 1, Number.NaN, Number.NaN)
    expect([nearestPoint(points, Uint8Array.of(2, 2, 2), view, 13, 10, 8), nearestPoint(points, Uint8Array.of(hiddenLayer, 2, 2), view, 13, 10, 8), nearestPoint(points, Uint8Array.of(2, 2, 2), view, 50, 50, 8)]).toEqual([0, 1, null])
  })
})

describe('points as pixels', () => {
  const [red, blue, ring] = [packColour('#ff0000'), packColour('rgb(0, 0, 255)'), packColour('#000000')]
  const view = { scaleX: 1, scaleY: 1, left: 0, top: 0 }
  it('are drawn where they are, later layers above earlier ones, and nothing outside the image', () => {
    const pixels = new Uint32Array(25)
    drawPoints(pixels, 5, 5, { points: Float32Array.of(2, 2, 2, 2, 9, 9, Number.NaN, Number.NaN, 4, 0), colours: Uint32Array.of(red, blue, red, red, blue), layers: Uint8Array.of(usualLayer, faintLayer, usualLayer, usualLayer, hiddenLayer) }, view, 1, ring)
    expect(Array.from(pixels.entries()).filter(([, colour]) => colour !== 0)).toEqual([[12, red]])
  })
  it('are ringed where they are selected', () => {
    const pixels = new Uint32Array(81)
    drawPoints(pixels, 9, 9, { points: Float32Array.of(4, 4), colours: Uint32Array.of(blue), layers: Uint8Array.of(selectedLayer) }, view, 1, ring)
    expect(pixels[4 * 9 + 4]).toBe(blue)
    expect([pixels.filter((colour) => colour === ring).length > 0, pixels[0]]).toEqual([true, 0])
  })
  it('are cut at the edge without running into the next line', () => {
    const pixels = new Uint32Array(36)
    drawPoints(pixels, 6, 6, { points: Float32Array.of(5, 2), colours: Uint32Array.of(red), layers: Uint8Array.of(usualLayer) }, view, 5, ring)
    expect([0, 1, 2, 3, 4, 5].map((line) => pixels[line * 6])).toEqual([0, 0, 0, 0, 0, 0])
    expect(pixels[2 * 6 + 5]).toBe(red)
  })
  it('have packed colours, mixed where they are to be faint', () => {
    expect(red).toBe(0xff0000ff)
    expect(packColour('#ffffff', '#000000', 0.5)).toBe(0xff808080)
  })
  it('are the smaller the more there are', () => {
    expect([1_000_000, 100_000, 10_000, 1000, 10].map((count) => pointSize(count, 1, 1))).toEqual([1, 2, 3, 5, 7])
    expect(pointSize(1_000_000, 64, 1)).toBeGreaterThan(3)
  })
})

describe('a transition matrix in the editor', () => {
  const rowSum = (matrix: readonly number[], classes: number, row: number): number => matrix.slice(row * classes, (row + 1) * classes).reduce((sum, value) => sum + value, 0)
  it('takes what a cell gains from the diagonal', () => {
    const next = changeCell(symmetricTransition(3, 0.2), 3, 0, 1, 0.3)
    expect(next.slice(0, 3).map((value) => Number(value.toFixed(6)))).toEqual([0.6, 0.3, 0.1])
    expect(next.slice(3)).toEqual(symmetricTransition(3, 0.2).slice(3))
  })
  it('takes it from the other cells where the diagonal is used up, and never leaves [0, 1]', () => {
    const next = changeCell([0.1, 0.6, 0.3, 0, 1, 0, 0, 0, 1], 3, 0, 1, 0.9)
    expect(next.slice(0, 3).map((value) => Number(value.toFixed(6)))).toEqual([0, 0.9, 0.1])
    expect(changeCell(next, 3, 0, 2, 7).slice(0, 3)).toEqual([0, 0, 1])
  })
  it('shares what the diagonal gives up among the others', () => {
    expect(changeCell([0.8, 0.15, 0.05, 0, 1, 0, 0, 0, 1], 3, 0, 0, 0.6).slice(0, 3).map((value) => Number(value.toFixed(6)))).toEqual([0.6, 0.3, 0.1])
    expect(changeCell([1, 0, 0, 0, 1, 0, 0, 0, 1], 3, 0, 0, 0.6).slice(0, 3).map((value) => Number(value.toFixed(6)))).toEqual([0.6, 0.2, 0.2])
  })
  it('keeps every row a distribution, whatever is written', () => {
    const random = generator(12)
    let matrix = pairTransition(4, 0.3)
    for (let step = 0; step < 300; step += 1) {
      const [row, column] = [Math.floor(random() * 4), Math.floor(random() * 4)]
      const value = random() * 1.4 - 0.2
      matrix = changeCell(matrix, 4, row, column, value)
      expect(matrix[row * 4 + column]).toBeCloseTo(Math.min(1, Math.max(0, value)), 9)
    }
    for (let row = 0; row < 4; row += 1) expect(rowSum(matrix, 4, row)).toBeCloseTo(1, 9)
    expect(Math.min(...matrix)).toBeGreaterThanOrEqual(-1e-12)
  })
  it('says what share of the labels becomes wrong', () => {
    expect(noiseRate(symmetricTransition(4, 0.2), [0.25, 0.25, 0.25, 0.25])).toBeCloseTo(0.2, 12)
    expect(noiseRate([1, 0, 0.5, 0.5], [0.8, 0.2])).toBeCloseTo(0.1, 12)
  })
})

describe('a matrix as it is shown', () => {
  it('has short texts in its cells and its largest pairs as a list', () => {
    expect([0, 0.0004, 0.002, 0.034, 0.0996, 0.8].map((value) => cellText(value))).toEqual(['', '', '0.2', '3.4', '10', '80'])
    expect(largestPairs([0.7, 0.3, 0, 0, 1, 0, 0.1, 0.4, 0.5], 3, 2)).toEqual([{ row: 2, column: 1, value: 0.4 }, { row: 0, column: 1, value: 0.3 }])
  })
})

describe('a weak slice', () => {
  const dataset = { id: 'd', name: 'd', kind: 'table', shape: [2], dtype: 'float32', count: 3, classes: [{ position: 2, name: 'ham and eggs', color: '#000000', key: '' }], source: '', license: '', createdAt: 0 } as const
  it('is a filter where one can say it', () => {
    const columns = [{ name: 'site' }, { name: 'class' }]
    expect(sliceFilter('class ham and eggs', dataset, columns, 'given:noisy')).toEqual({ kind: 'label', source: 'given:noisy', is: [2] })
    expect(sliceFilter('split test', dataset, columns, null)).toEqual({ kind: 'split', split: 'test' })
    expect(sliceFilter('site = north = south', dataset, columns, null)).toEqual({ kind: 'value', column: 'site', comparison: '=', value: 'north = south' })
    expect(sliceFilter('class = a', dataset, columns, null)).toEqual({ kind: 'value', column: 'class', comparison: '=', value: 'a' })
    expect(sliceFilter('cluster 4', dataset, columns, null)).toBeNull()
  })
})
