import { describe, expect, it } from 'vitest'
import { stream } from '../../learn/random.ts'
import { areaUnderMargin, labelsWithThreshold, marginDetection, thresholdExamples } from './area-under-margin.ts'
import { dataMap, dataMapDetection } from './data-map.ts'
import { courseOf, emptyRecord, recordBatch } from './dynamics-record.ts'
import type { DynamicsRecord } from './dynamics-record.ts'
import { lossDetection, meanLoss } from './early-loss.ts'
import { forgettingDetection, forgettingEvents } from './forgetting.ts'
import { memoryDetection } from './memory-targets.ts'

const labels = Int32Array.of(0, 1, 1)
/** Two classes; the margin of the given label, epoch by epoch, for three examples. */
const margins = [[1, -1, 2], [-1, -2, 1], [3, -1, -1], [-2, -1, 2]]

function recorded(): DynamicsRecord {
  const record = emptyRecord(3, 4)
  margins.forEach((epoch, e) => {
    // The rows come in batches of any order.
    for (const rows of [Int32Array.of(2, 0), Int32Array.of(1)]) {
      const logits = new Float32Array(2 * rows.length)
      rows.forEach((row, i) => (logits[2 * i + (labels[row] as number)] = epoch[row] as number))
      recordBatch(record, e, rows, logits, labels)
    }
  })
  return record
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z))
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const column = (row: number): number[] => margins.map((epoch) => epoch[row] as number)

describe('the record of training', () => {
  it('holds probabilities and margins of the given label by example and epoch', () => {
    const record = recorded()
    for (const row of [0, 1, 2]) {
      expect([...courseOf(record.margin, record, row)]).toEqual(column(row))
      courseOf(record.probability, record, row).forEach((p, e) => expect(p).toBeCloseTo(sigmoid(column(row)[e] as number), 6))
    }
  })

  it('takes the largest other logit, and huge logits', () => {
    const record = emptyRecord(1, 1)
    recordBatch(record, 0, Int32Array.of(0), Float32Array.of(900, 1000, -500), Int32Array.of(0))
    expect(record.margin[0]).toBe(-100)
    expect(record.probability[0]).toBeCloseTo(Math.exp(-100), 40)
    expect(() => recordBatch(record, 1, Int32Array.of(0), Float32Array.of(0, 0, 0), Int32Array.of(0))).toThrow(/room for 1/)
  })

  it('names the example that was never seen', () => {
    const record = emptyRecord(3, 2)
    recordBatch(record, 0, Int32Array.of(0, 2), new Float32Array(4), labels)
    expect(() => dataMap(record)).toThrow(/row 2/)
  })
})

describe('detectors by the course of training', () => {
  it('data maps equal their definitions', () => {
    const { confidence, variability, correctness } = dataMap(recorded())
    for (const row of [0, 1, 2]) {
      const p = column(row).map(sigmoid)
      expect(confidence[row]).toBeCloseTo(mean(p), 6)
      expect(variability[row]).toBeCloseTo(Math.sqrt(mean(p.map((value) => (value - mean(p)) ** 2))), 6)
    }
    expect([...correctness]).toEqual([0.5, 0, 0.75])
    expect([...dataMapDetection(dataMap(recorded())).flagged]).toEqual([0, 1, 0])
    expect(dataMap(recorded(), { from: 0, to: 1 }).confidence[0]).toBeCloseTo(sigmoid(1), 6)
  })

  it('areas under the margin are means, flagged up to the 99th percentile of the threshold examples', () => {
    expect([...areaUnderMargin(recorded())]).toEqual([0.25, -1.25, 1])
    const areas = Float64Array.of(-3, 5, -1, 4, 0, 2)
    const first = { areas, thresholdRows: Int32Array.of(0, 2) }
    const second = { areas: areas.map((area) => area + 1), thresholdRows: Int32Array.of(4, 5) }
    const { thresholds, flagged, scores } = marginDetection([first, second])
    expect(thresholds[0]).toBeCloseTo(-3 + 2 * 0.99, 9)
    expect(thresholds[1]).toBeCloseTo(1 + 2 * 0.99, 9)
    expect([...flagged]).toEqual([1, 0, 1, 0, 0, 0])
    expect([...scores].every((score) => score > 0 && score < 1)).toBe(true)
    expect(() => marginDetection([first])).toThrow(/row 1/)
  })

  it('threshold examples are a share of 1 / (K + 1), distinct, and other ones the second time', () => {
    const first = thresholdExamples(100, 4, stream(1, 'first'))
    const second = thresholdExamples(100, 4, stream(1, 'second'), first)
    expect(first).toHaveLength(20)
    expect(new Set([...first, ...second]).size).toBe(40)
    expect([...labelsWithThreshold(Int32Array.of(0, 1, 0), 2, Int32Array.of(1))]).toEqual([0, 2, 0])
    expect(() => thresholdExamples(1, 2, stream(1))).toThrow(/too few/)
  })

  it('forgetting events are losses of what was known', () => {
    const { events, learnt } = forgettingEvents(recorded())
    expect([...events]).toEqual([2, 0, 1])
    expect([...learnt]).toEqual([1, 0, 1])
    const { scores } = forgettingDetection(forgettingEvents(recorded()))
    expect([...scores].map((score) => Math.round(score * 1e6) / 1e6)).toEqual([0.333333, 0, 0.666667])
  })

  it.each(['gaussian', 'beta'] as const)('losses of two kinds are told apart by two %s components', (components) => {
    const draws = stream(4, 'losses')
    const isWrong = Array.from({ length: 600 }, () => draws.bernoulli(0.3))
    const losses = Float64Array.from(isWrong, (wrong) => Math.abs((wrong ? 3 : 0.3) + (wrong ? 0.5 : 0.15) * draws.normal()))
    const { scores, flagged } = lossDetection(losses, components)
    expect(isWrong.filter((wrong, i) => wrong === (flagged[i] === 1)).length).toBeGreaterThan(590)
    // Never a higher score for a larger loss.
    const order = [...losses.keys()].sort((a, b) => (losses[a] as number) - (losses[b] as number))
    order.slice(1).forEach((row, i) => expect(scores[row]).toBeLessThanOrEqual(scores[order[i] as number] as number))
    const record = recorded()
    expect(meanLoss(record, { to: 2 })[0]).toBeCloseTo(mean([1, -1].map((z) => Math.log(1 + Math.exp(-z)))), 5)
  })

  it("the memory's share of the given label is its score", () => {
    const { scores, flagged, suggested, confidence } = memoryDetection(Float32Array.of(0.25, 0.25, 0.1, 0.3, 0, 0), Int32Array.of(1, 0, 1), 2)
    expect([...scores].map((score) => Math.round(score * 1e6) / 1e6)).toEqual([0.5, 0.25, 0.5])
    expect([...flagged]).toEqual([0, 1, 0])
    expect([...suggested]).toEqual([0, 1, 1])
    expect(confidence[1]).toBeCloseTo(0.75, 6)
    expect(() => memoryDetection(new Float32Array(4), Int32Array.of(0, 2), 2)).toThrow(/row 2/)
  })
})
