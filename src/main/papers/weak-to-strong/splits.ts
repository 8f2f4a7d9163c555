import { BenchError } from '../../../shared/contract/errors.ts'
import { type Split, splits } from '../../../shared/domain/dataset.ts'
import type { Stream } from '../../learn/random.ts'

/** Rows of each part: bodies are pretrained on one, the teacher learns on another, the student on a third, all are judged on the last. */
export type Parts = Readonly<Record<Exclude<Split, 'none'>, Int32Array>>

/** The teacher's part last, so that its size changes neither what the student learns on nor what all are judged on. */
const order = ['pretrain', 'student', 'test', 'teacher'] as const

/** Shares of the data set when no rows are pinned: 4000, up to 2000, 2000 and 2000 of 10,000. */
const shares = { pretrain: 0.4, student: 0.2, test: 0.2 } as const

/**
 * Deals the rows into parts by the seed. Rows pinned to a part by a person go there first, rows pinned to `none` are
 * left out, and a random order fills the rest.
 *
 * @param pinned index into `splits` of each row, -1 where the seed decides
 * @throws BenchError `bad-data` when there are not enough rows
 */
export function dealParts(pinned: Int8Array, teacherLabels: number, stream: Stream): Parts {
  const free = Array.from(stream.permutation(pinned.length)).filter((row) => pinned[row] === -1)
  const usable = pinned.filter((split) => split !== splits.indexOf('none')).length
  const parts = {} as Record<Exclude<Split, 'none'>, Int32Array>
  for (const part of order) {
    const size = part === 'teacher' ? teacherLabels : Math.floor(usable * shares[part])
    const own = Array.from(pinned.keys()).filter((row) => pinned[row] === splits.indexOf(part))
    const rows = [...own, ...free.splice(0, Math.max(0, size - own.length))].slice(0, Math.max(size, own.length))
    if (rows.length < size) {
      throw new BenchError('bad-data', `The ${part} split needs ${size} examples, only ${rows.length} are left.`, { field: part, hint: 'Ask for fewer teacher labels, or release examples that are pinned or left out.' })
    }
    parts[part] = Int32Array.from(rows)
  }
  return parts
}

/** The same parts as a data set version stores them: index into `splits` of every row. */
export function splitOfRows(parts: Parts, count: number): Uint8Array {
  const split = new Uint8Array(count)
  for (const part of order) for (const row of parts[part]) split[row] = splits.indexOf(part)
  return split
}
