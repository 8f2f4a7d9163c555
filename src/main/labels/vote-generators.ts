import { type Stream, stream } from '../learn/random.ts'
import { abstain } from '../../shared/domain/weak-labels.ts'
import { type VoteMatrix, voteMatrix } from './vote-matrix.ts'

/** Kinds of vote matrices with known truth: one without dependence, the others each with a group of dependent functions. */
export const voteFamilies = ['independent', 'exact-duplicates', 'near-duplicates', 'common-mistakes', 'chain', 'class-conditional-copying', 'imbalanced-block', 'two-blocks'] as const
export type VoteFamily = (typeof voteFamilies)[number]

export interface GeneratedVotes {
  readonly votes: VoteMatrix
  readonly truth: Int32Array
  /** Groups of functions that are dependent given the class. */
  readonly blocks: readonly (readonly number[])[]
}

export interface GeneratorOptions {
  readonly rows: number
  readonly seed: number
  /** Left out: 2. */
  readonly classes?: number
  /** Share of rows on which each function votes, drawn function by function; left out: 0.7. */
  readonly coverage?: number
}

/** Accuracies of the functions that are independent given the class. */
const soundAccuracies = [0.8, 0.77, 0.74, 0.71, 0.68]

/**
 * Draws votes of one family. In every family but `independent` five sound functions (right with 68% to 80%) stand beside
 * a group of poor ones that err together:
 *
 * - `exact-duplicates`: one function, right with 60%, given six times.
 * - `near-duplicates`: six functions that repeat a hidden vote, right with 58%, nine times in ten.
 * - `common-mistakes`: five functions, right with 90%, save for 30% of the rows, where all make the same mistake.
 * - `chain`: seven functions, the first right with 60%, each repeating its predecessor four times in five, else right with 60%.
 * - `class-conditional-copying`: six functions, right with 60%, that repeat one hidden vote on rows of class 0 only.
 * - `imbalanced-block`: near-duplicates where class 0 has 75% of the rows.
 * - `two-blocks`: two groups of four near-duplicates of hidden votes, right with 60%.
 *
 * A wrong vote falls on the other classes evenly.
 */
export function generateVotes(family: VoteFamily, { rows, seed, classes = 2, coverage = 0.7 }: GeneratorOptions): GeneratedVotes {
  const random = stream(seed, 'votes', family)
  const first = family === 'imbalanced-block' ? 0.75 : 1 / classes
  const draw = random.child('truth')
  const truth = Int32Array.from({ length: rows }, () => (draw.bernoulli(first) ? 0 : 1 + draw.integer(classes - 1)))
  const sound = soundAccuracies.map((accuracy, j) => noisyTruth(truth, accuracy, classes, random.child('sound', j)))
  const groups = dependentGroups(family, truth, classes, random)
  const columns = [...sound, ...groups.flat()]
  const votes = columns.map((column, j) => abstaining(column, coverage, family === 'exact-duplicates' && j > sound.length ? random.child('coverage', sound.length) : random.child('coverage', j)))
  let next = sound.length
  const blocks = groups.map((group) => group.map(() => next++))
  return { votes: voteMatrix(columns.map((_, j) => `f${j}`), votes, classes), truth, blocks }
}

/** The dependent columns of a family, before abstentions. */
function dependentGroups(family: VoteFamily, truth: Int32Array, classes: number, random: Stream): Int32Array[][] {
  const poor = (accuracy: number, ...name: (string | number)[]): Int32Array => noisyTruth(truth, accuracy, classes, random.child('poor', ...name))
  const copies = (count: number, accuracy: number, group: number): Int32Array[] => {
    const hidden = poor(accuracy, 'hidden', group)
    return Array.from({ length: count }, (_, j) => mixture(hidden, poor(accuracy, group, j), () => 0.9, random.child('copy', group, j)))
  }
  switch (family) {
    case 'independent':
      return []
    case 'exact-duplicates': {
      const column = poor(0.6)
      return [Array.from({ length: 6 }, () => column)]
    }
    case 'near-duplicates':
    case 'imbalanced-block':
      return [copies(6, 0.58, 0)]
    case 'common-mistakes': {
      const mistake = noisyTruth(truth, 0, classes, random.child('mistake'))
      const draw = random.child('mistaken rows')
      const mistaken = Uint8Array.from(truth, () => (draw.bernoulli(0.3) ? 1 : 0))
      return [Array.from({ length: 5 }, (_, j) => poor(0.9, j).map((vote, i) => (mistaken[i] === 1 ? (mistake[i] as number) : vote)))]
    }
    case 'chain': {
      const chain = [poor(0.6, 0)]
      for (let j = 1; j < 7; j++) chain.push(mixture(chain.at(-1) as Int32Array, poor(0.6, j), () => 0.8, random.child('copy', j)))
      return [chain]
    }
    case 'class-conditional-copying': {
      const hidden = poor(0.6, 'hidden')
      return [Array.from({ length: 6 }, (_, j) => mixture(hidden, poor(0.6, j), (i) => (truth[i] === 0 ? 1 : 0), random.child('copy', j)))]
    }
    case 'two-blocks':
      return [copies(4, 0.6, 0), copies(4, 0.6, 1)]
  }
}

/** The truth with probability `accuracy`, else another class at random. */
function noisyTruth(truth: Int32Array, accuracy: number, classes: number, random: Stream): Int32Array {
  return truth.map((c) => (random.bernoulli(accuracy) ? c : (c + 1 + random.integer(classes - 1)) % classes))
}

/** `source`'s vote with a row's probability of copying, else `own`. */
function mixture(source: Int32Array, own: Int32Array, copying: (row: number) => number, random: Stream): Int32Array {
  return own.map((vote, i) => (random.bernoulli(copying(i)) ? (source[i] as number) : vote))
}

function abstaining(votes: Int32Array, coverage: number, random: Stream): Int32Array {
  return votes.map((vote) => (random.bernoulli(coverage) ? vote : abstain))
}
