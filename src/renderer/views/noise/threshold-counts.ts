import { ascendingOrder } from './rank-scores.ts'

/** What is flagged at a threshold, and how well where it is known which labels are wrong. */
export interface ThresholdQuality {
  readonly flagged: number
  /** Share of the flagged labels that are wrong; null where nothing is flagged or the truth is not known. */
  readonly precision: number | null
  /** Share of the wrong labels that are flagged; null where nothing is wrong or the truth is not known. */
  readonly recall: number | null
}

/** Rows in order of one score, ready to be counted at any threshold: each answer is a binary search. */
export class ThresholdCounts {
  /** Rows with a score, most suspicious first. */
  readonly order: Uint32Array
  readonly #scores: Float32Array
  /** Wrong labels among the first rows of the order; null where the truth is not known. */
  readonly #wrong: Uint32Array | null

  /** @param wrong 1 where a row's label is wrong */
  constructor(scores: Float32Array, wrong: Uint8Array | null) {
    this.#scores = scores
    this.order = ascendingOrder(scores)
    this.#wrong = wrong === null ? null : new Uint32Array(this.order.length + 1)
    if (this.#wrong === null || wrong === null) return
    for (let place = 0; place < this.order.length; place += 1) this.#wrong[place + 1] = (this.#wrong[place] ?? 0) + (wrong[this.order[place] ?? 0] ?? 0)
  }

  /** Rows whose score is at most the threshold: the first so many of the order. */
  countAt(threshold: number): number {
    // Scores are single precision: 0.2 is to flag what scores 0.2.
    const limit = Math.fround(threshold)
    let [low, high] = [0, this.order.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#scores[this.order[middle] ?? 0] ?? 0) <= limit) low = middle + 1
      else high = middle
    }
    return low
  }

  qualityAt(threshold: number): ThresholdQuality {
    const flagged = this.countAt(threshold)
    if (this.#wrong === null) return { flagged, precision: null, recall: null }
    const [found, all] = [this.#wrong[flagged] ?? 0, this.#wrong.at(-1) ?? 0]
    return { flagged, precision: flagged === 0 ? null : found / flagged, recall: all === 0 ? null : found / all }
  }

  /** The threshold at which the first `count` rows are flagged (and those that tie with the last of them); 0 for none. */
  thresholdFor(count: number): number {
    return count <= 0 ? 0 : (this.#scores[this.order[Math.min(count, this.order.length) - 1] ?? 0] ?? 0)
  }
}

/** 1 where the given label differs from the true one; null where the truth is not known. */
export function wrongLabels(given: Int32Array, truth: Int32Array | null): Uint8Array | null {
  if (truth === null) return null
  return Uint8Array.from(given, (label, row) => Number(label >= 0 && (truth[row] ?? -1) >= 0 && label !== truth[row]))
}

/** Bars of equal width over scores from 0 to 1: rows a bar of the order, and those of them that are marked. */
export function histogramOf(scores: Float32Array, rows: ArrayLike<number>, marked: Uint8Array | null, bars: number): { readonly all: Uint32Array; readonly marked: Uint32Array } {
  const [all, of] = [new Uint32Array(bars), new Uint32Array(bars)]
  for (let place = 0; place < rows.length; place += 1) {
    const row = rows[place] ?? 0
    const bar = Math.min(bars - 1, Math.max(0, Math.floor((scores[row] ?? 0) * bars)))
    all[bar] = (all[bar] ?? 0) + 1
    if (marked?.[row] === 1) of[bar] = (of[bar] ?? 0) + 1
  }
  return { all, marked: of }
}

/** What two detectors flag: both, either alone, and the share that they have in common (Jaccard index). */
export function overlapOf(first: Uint8Array, second: Uint8Array): { readonly both: number; readonly onlyFirst: number; readonly onlySecond: number; readonly share: number | null } {
  let [both, onlyFirst, onlySecond] = [0, 0, 0]
  for (let row = 0; row < first.length; row += 1) {
    const [a, b] = [first[row] === 1, second[row] === 1]
    if (a && b) both += 1
    else if (a) onlyFirst += 1
    else if (b) onlySecond += 1
  }
  const either = both + onlyFirst + onlySecond
  return { both, onlyFirst, onlySecond, share: either === 0 ? null : both / either }
}
