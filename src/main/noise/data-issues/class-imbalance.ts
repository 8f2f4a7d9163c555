import { checkClassCount } from '../inputs.ts'

/** How evenly the classes are filled. */
export interface ClassImbalance {
  readonly counts: readonly number[]
  /** Share of each class. */
  readonly shares: readonly number[]
  /** Most over least filled class; Infinity where a class is empty. */
  readonly ratio: number
  /** Entropy of the shares over log(classes): 1 for classes of one size, 0 for one class. */
  readonly balance: number
  /** Classes with a share below `least` / classes, rarest first. */
  readonly rare: readonly number[]
}

/**
 * Class imbalance from the examples of each class.
 *
 * @param least a class is rare below this part of an even share
 */
export function classImbalance(counts: ArrayLike<number>, least = 0.1): ClassImbalance {
  const k = counts.length
  checkClassCount(k)
  const each = Array.from(counts)
  const total = each.reduce((sum, count) => sum + count, 0)
  const shares = each.map((count) => (total > 0 ? count / total : 0))
  const entropy = shares.reduce((sum, share) => (share > 0 ? sum - share * Math.log(share) : sum), 0)
  const rare = [...shares.keys()].filter((c) => (shares[c] as number) < least / k).toSorted((a, b) => (shares[a] as number) - (shares[b] as number) || a - b)
  return { counts: each, shares, ratio: Math.max(...each) / Math.min(...each), balance: entropy / Math.log(k), rare }
}
