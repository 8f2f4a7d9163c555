import { basename } from 'node:path'
import type { VoteFormat } from '../../shared/domain/votes.ts'
import { readVotes } from './vote-files.ts'
import { columnOf, type VoteArray } from './vote-matrix.ts'
import { readWrench } from './wrench-files.ts'

/** Votes of a file in either layout, with what the layout can say. */
export interface ReadVotes {
  readonly file: string
  readonly rows: number
  readonly functions: readonly { readonly name: string; readonly votes: VoteArray }[]
  readonly ids: readonly string[] | null
  /** Class names by position, and the class of every row (-1: unknown); null in CSV, where votes are the data set's positions. */
  readonly named: { readonly classNames: readonly string[]; readonly truth: Int32Array } | null
}

/** The layout that a file's name tells: JSON is WRENCH's, anything else CSV. */
export const voteFormatOf = (path: string): VoteFormat => (/\.json$/i.test(path) ? 'wrench' : 'csv')

/**
 * Reads votes in the layout of WRENCH or CSV.
 *
 * @param classes for CSV: how many classes there are
 * @throws BenchError `bad-data` naming row and column, `not-found`
 */
export async function readVoteFile(path: string, format: VoteFormat, classes?: number): Promise<ReadVotes> {
  const file = basename(path)
  if (format === 'wrench') {
    const { votes, ids, truth, classNames } = await readWrench(path)
    return { file, rows: votes.rows, ids, functions: votes.names.map((name, j) => ({ name, votes: columnOf(votes, j) })), named: { classNames, truth } }
  }
  const { votes, ids } = await readVotes(path, classes)
  return { file, rows: votes.rows, ids, functions: votes.names.map((name, j) => ({ name, votes: columnOf(votes, j) })), named: null }
}
