import type { VoteMatrix } from './vote-matrix.ts'

/** How much worse a far miss among ordered classes is than a near one. */
export type KappaWeights = 'none' | 'linear' | 'quadratic'

/** What the classes mean to Krippendorff's alpha: names, ranks, or numbers. */
export type AlphaLevel = 'nominal' | 'ordinal' | 'interval'

/** How two annotators agree. */
export interface PairAgreement {
  readonly first: number
  readonly second: number
  /** Examples both have labelled. */
  readonly both: number
  /** Examples both have labelled alike. */
  readonly agree: number
  /** Null where it is not defined: nothing in common, or both always give one and the same class. */
  readonly cohenKappa: number | null
}

/** Agreement of all annotators. */
export interface Agreement {
  /** Examples with at least two labels. */
  readonly shared: number
  readonly fleissKappa: number | null
  readonly krippendorffAlpha: number | null
  readonly pairs: readonly PairAgreement[]
}

/** Fleiss' kappa, nominal alpha and the table of pairs of a matrix whose columns are annotators. */
export function agreementOf(labels: VoteMatrix): Agreement {
  const { counts, rated } = ratingCounts(labels)
  const m = labels.names.length
  const pairs = Array.from({ length: m }, (_, i) => Array.from({ length: m - i - 1 }, (_entry, j) => cohenKappa(labels, i, i + j + 1))).flat()
  return { shared: rated, fleissKappa: fleissKappa(counts, labels.classes), krippendorffAlpha: krippendorffAlpha(counts, labels.classes), pairs }
}

/**
 * Cohen's kappa (1960) of two annotators over the examples both have labelled, 1 - disagreement / disagreement by chance; weighted
 * (1968) by |i - j| or (i - j)^2 where the classes are ordered.
 */
export function cohenKappa({ rows, classes, votes }: VoteMatrix, first: number, second: number, weights: KappaWeights = 'none'): PairAgreement {
  const joint = new Float64Array(classes * classes)
  let both = 0
  let agree = 0
  for (let i = 0; i < rows; i++) {
    const a = votes[first * rows + i] as number
    const b = votes[second * rows + i] as number
    if (a < 0 || b < 0) continue
    both++
    if (a === b) agree++
    joint[a * classes + b] = (joint[a * classes + b] as number) + 1
  }
  const row = new Float64Array(classes)
  const column = new Float64Array(classes)
  for (let a = 0; a < classes; a++) {
    for (let b = 0; b < classes; b++) {
      row[a] = (row[a] as number) + (joint[a * classes + b] as number)
      column[b] = (column[b] as number) + (joint[a * classes + b] as number)
    }
  }
  let observed = 0
  let chance = 0
  for (let a = 0; a < classes; a++) {
    for (let b = 0; b < classes; b++) {
      const weight = missWeight(a, b, weights)
      observed += weight * (joint[a * classes + b] as number)
      chance += (weight * (row[a] as number) * (column[b] as number)) / both
    }
  }
  return { first, second, both, agree, cohenKappa: both > 0 && chance > 0 ? 1 - observed / chance : null }
}

function missWeight(a: number, b: number, weights: KappaWeights): number {
  if (weights === 'none') return a === b ? 0 : 1
  return weights === 'linear' ? Math.abs(a - b) : (a - b) ** 2
}

/** Labels a class of every example with two or more: examples x classes, row-major. */
export function ratingCounts({ rows, names, classes, votes }: VoteMatrix): { readonly counts: Float64Array; readonly rated: number } {
  const counts = new Float64Array(rows * classes)
  const tally = new Float64Array(classes)
  let rated = 0
  for (let i = 0; i < rows; i++) {
    tally.fill(0)
    let raters = 0
    for (let j = 0; j < names.length; j++) {
      const vote = votes[j * rows + i] as number
      if (vote < 0) continue
      raters++
      tally[vote] = (tally[vote] as number) + 1
    }
    if (raters > 1) counts.set(tally, classes * rated++)
  }
  return { counts: counts.subarray(0, rated * classes), rated }
}

/**
 * Fleiss' kappa (1971), (P - Pe) / (1 - Pe): P the mean over examples of the share of pairs of labels that agree, Pe the sum of
 * squares of the shares of the classes. Examples may have different numbers of labels, two or more.
 *
 * @param counts examples x classes, row-major: labels of each class
 * @returns null where every label is of one class, or there is no example
 */
export function fleissKappa(counts: Float64Array, classes: number): number | null {
  const examples = counts.length / classes
  const shares = new Float64Array(classes)
  let total = 0
  let agreement = 0
  for (let i = 0; i < examples; i++) {
    let raters = 0
    let squares = 0
    for (let c = 0; c < classes; c++) {
      const count = counts[i * classes + c] as number
      raters += count
      squares += count * count
      shares[c] = (shares[c] as number) + count
    }
    total += raters
    agreement += (squares - raters) / (raters * (raters - 1))
  }
  let chance = 0
  for (const share of shares) chance += (share / total) ** 2
  return examples > 0 && chance < 1 ? (agreement / examples - chance) / (1 - chance) : null
}

/**
 * Krippendorff's alpha, 1 - observed / expected disagreement, from the coincidences of values within examples ("Computing
 * Krippendorff's Alpha-Reliability", 2011). Labels may be missing anywhere. The squared difference of two values is 0 or 1 (nominal),
 * the square of the values from one to the other less half of both ends (ordinal), or the square of their distance (interval).
 *
 * @param counts examples x classes, row-major: labels of each class, two or more an example
 * @returns null where every label is of one class, or there is no example
 */
export function krippendorffAlpha(counts: Float64Array, classes: number, level: AlphaLevel = 'nominal'): number | null {
  const coincidences = new Float64Array(classes * classes)
  const totals = new Float64Array(classes)
  for (let start = 0; start < counts.length; start += classes) {
    let raters = 0
    for (let c = 0; c < classes; c++) raters += counts[start + c] as number
    for (let c = 0; c < classes; c++) {
      const count = counts[start + c] as number
      if (count === 0) continue
      totals[c] = (totals[c] as number) + count
      for (let d = 0; d < classes; d++) coincidences[c * classes + d] = (coincidences[c * classes + d] as number) + (count * ((counts[start + d] as number) - (c === d ? 1 : 0))) / (raters - 1)
    }
  }
  const n = totals.reduce((sum, count) => sum + count, 0)
  let observed = 0
  let expected = 0
  for (let c = 0; c < classes; c++) {
    let between = totals[c] as number
    for (let d = c + 1; d < classes; d++) {
      between += totals[d] as number
      const difference = level === 'nominal' ? 1 : level === 'interval' ? (d - c) ** 2 : (between - ((totals[c] as number) + (totals[d] as number)) / 2) ** 2
      observed += difference * (coincidences[c * classes + d] as number)
      expected += difference * (totals[c] as number) * (totals[d] as number)
    }
  }
  return expected > 0 ? 1 - ((n - 1) * observed) / expected : null
}
