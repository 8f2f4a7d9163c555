import type { Detection } from '../detection.ts'
import { bySuspicion, checkSameExamples, midRanks } from './ranks.ts'

/** How far detectors agree, pair by pair: detectors x detectors, row-major, symmetric. NaN where there is nothing to compare. */
export interface DetectorAgreement {
  /** Size of the intersection of the flagged sets over that of their union; NaN where both are empty. */
  readonly jaccard: Float64Array
  /** Spearman's correlation of the scores, over examples that both scored; NaN where one is constant. */
  readonly spearman: Float64Array
  /** Share of the k most suspect examples of one that are among those of the other. */
  readonly overlapAtK: Float64Array
}

/** Compares every pair of detectors. */
export function detectorAgreement(detections: readonly Detection[], k: number): DetectorAgreement {
  checkSameExamples(detections.map(({ scores }) => scores.length))
  const size = detections.length
  const matrix = (compare: (a: number, b: number) => number): Float64Array => {
    const values = new Float64Array(size * size)
    for (let a = 0; a < size; a++) for (let b = a; b < size; b++) values[a * size + b] = values[b * size + a] = compare(a, b)
    return values
  }
  const at = (i: number): Detection => detections[i] as Detection
  return {
    jaccard: matrix((a, b) => jaccard(at(a).flagged, at(b).flagged)),
    spearman: matrix((a, b) => spearman(at(a).scores, at(b).scores)),
    overlapAtK: matrix((a, b) => overlapAtK(at(a).scores, at(b).scores, k))
  }
}

/** `|A and B| / |A or B|` of two sets of marks. */
export function jaccard(a: Uint8Array, b: Uint8Array): number {
  let [both, either] = [0, 0]
  for (let i = 0; i < a.length; i++) {
    both += Number(a[i] === 1 && b[i] === 1)
    either += Number(a[i] === 1 || b[i] === 1)
  }
  return either === 0 ? Number.NaN : both / either
}

/** Spearman's rank correlation: Pearson's of the mid-ranks. */
export function spearman(a: Float64Array, b: Float64Array): number {
  const common = Array.from(a.keys()).filter((i) => !Number.isNaN(a[i]) && !Number.isNaN(b[i]))
  return pearson(midRanks(Float64Array.from(common, (i) => a[i] as number)), midRanks(Float64Array.from(common, (i) => b[i] as number)))
}

/** `|lowest k of a and lowest k of b| / k`; of equal scores the lower position counts as lower. */
export function overlapAtK(a: Float64Array, b: Float64Array, k: number): number {
  const first = new Set(bySuspicion(a).subarray(0, k))
  let both = 0
  for (const row of bySuspicion(b).subarray(0, k)) if (first.has(row)) both++
  return both / Math.min(k, a.length)
}

function pearson(x: Float64Array, y: Float64Array): number {
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const [mx, my] = [mean(x), mean(y)]
  let [xx, xy, yy] = [0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [(x[i] as number) - mx, (y[i] as number) - my]
    xx += dx * dx
    xy += dx * dy
    yy += dy * dy
  }
  return xx === 0 || yy === 0 ? Number.NaN : xy / Math.sqrt(xx * yy)
}
