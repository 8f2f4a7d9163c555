import { BenchError } from '../../shared/contract/errors.ts'
import { abstain, maximumClasses } from '../../shared/domain/weak-labels.ts'

/** Votes in the narrowest type that holds every class position. */
export type VoteArray = Int8Array | Int16Array | Int32Array

/**
 * Votes of m functions (or annotators) on n examples. A vote is a class position 0 .. classes - 1, or -1 to abstain.
 * Stored by column: function j's vote on row i is `votes[j * rows + i]`.
 */
export interface VoteMatrix {
  readonly rows: number
  readonly names: readonly string[]
  readonly classes: number
  readonly votes: VoteArray
}

/** An array for votes among `classes` classes. */
export function voteArray(classes: number, length: number): VoteArray {
  if (classes <= 128) return new Int8Array(length)
  return classes <= 32_768 ? new Int16Array(length) : new Int32Array(length)
}

/** Functions that a vote matrix may have: tables of pairs grow with their square. */
export const maximumFunctions = 2000

/**
 * A vote matrix from one array a function.
 *
 * @param columns each function's votes, all of one length
 * @param classes how many classes there are; left out: one more than the highest vote, at least 2
 * @throws BenchError `invalid-input` for a number of classes that cannot be, `bad-data` naming row (from 1) and column of the first vote that cannot be
 */
export function voteMatrix(names: readonly string[], columns: readonly ArrayLike<number>[], classes?: number): VoteMatrix {
  const rows = columns[0]?.length ?? 0
  if (columns.length === 0 || rows === 0) throw new BenchError('bad-data', 'The vote matrix is empty.', { hint: 'Give at least one function and one example.' })
  if (names.length !== columns.length) throw new BenchError('bad-data', `There are ${names.length} names for ${columns.length} columns of votes.`, { hint: 'Name every function once.' })
  checkNames(names)
  for (const [j, column] of columns.entries()) {
    if (column.length !== rows) throw new BenchError('bad-data', `Column ${names[j] ?? ''} has ${column.length} votes, the others ${rows}.`, { field: `column ${names[j] ?? ''}`, hint: 'Every function needs one entry an example, -1 to abstain.' })
  }
  const count = classes ?? Math.max(2, 1 + columns.reduce((highest, column) => Math.max(highest, highestOf(column)), abstain))
  checkClasses(count)
  const votes = voteArray(count, rows * columns.length)
  for (const [j, column] of columns.entries()) {
    for (let i = 0; i < rows; i++) {
      const vote = column[i] as number
      if (!isVote(vote, count)) throw badVote(vote, count, i + 1, names[j] ?? '')
      votes[j * rows + i] = vote
    }
  }
  return { rows, names, classes: count, votes }
}

/** One function's votes, without copying. */
export const columnOf = ({ rows, votes }: VoteMatrix, column: number): VoteArray => votes.subarray(column * rows, (column + 1) * rows)

/** Throws `invalid-input` unless there are 2 to `maximumClasses` classes. */
export function checkClasses(classes: number): void {
  if (Number.isInteger(classes) && classes >= 2 && classes <= maximumClasses) return
  const message = `A label model needs 2 to ${maximumClasses} classes, not ${classes}.`
  throw new BenchError('invalid-input', message, { field: 'classes', hint: 'Give the number of classes the votes choose among.' })
}

/**
 * Checks known classes of the rows, -1 where unknown.
 *
 * @throws BenchError `bad-data` naming the row, or saying that the lengths differ
 */
export function checkTruth(truth: ArrayLike<number>, rows: number, classes: number): void {
  if (truth.length !== rows) throw new BenchError('bad-data', `The truth has ${truth.length} rows, the votes have ${rows}.`, { field: 'truth', hint: 'Give one class a row, -1 where it is unknown.' })
  for (let i = 0; i < rows; i++) {
    if (!isVote(truth[i] as number, classes)) throw badVote(truth[i] as number, classes, i + 1, 'truth')
  }
}

/** The error for a vote that is no class and no abstention. */
export function badVote(vote: number, classes: number, row: number, column: string): BenchError {
  const message = `Row ${row}, column ${column}: ${vote} is neither a class from 0 to ${classes - 1} nor -1.`
  return new BenchError('bad-data', message, { field: `row ${row}, column ${column}`, hint: 'Votes are class positions counted from 0; -1 abstains.' })
}

/** Throws `bad-data` for more names than functions may be, or a name that is there twice. */
export function checkNames(names: readonly string[]): void {
  if (names.length > maximumFunctions) throw new BenchError('bad-data', `There are ${names.length} columns of votes; at most ${maximumFunctions} can be used.`, { field: `column ${maximumFunctions + 1}`, hint: 'Keep the functions that matter.' })
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) throw new BenchError('bad-data', `Two columns are named ${name}.`, { field: `column ${name}`, hint: 'Give every function a name of its own.' })
    seen.add(name)
  }
}

const isVote = (vote: number, classes: number): boolean => Number.isInteger(vote) && vote >= abstain && vote < classes

function highestOf(column: ArrayLike<number>): number {
  let highest: number = abstain
  for (let i = 0; i < column.length; i++) {
    if ((column[i] as number) > highest) highest = column[i] as number
  }
  return highest
}
