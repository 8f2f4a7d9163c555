import { BenchError } from '../../../shared/contract/errors.ts'
import { isMissing } from '../../store/text-chunk.ts'
import { batchWithout } from '../formats/row-batches.ts'
import type { ColumnValues, RejectedRow, SourceBatch, SourceColumn } from '../formats/source-file.ts'
import type { FeatureLayout } from './feature-layout.ts'

/** Rows of a block: what is read, hashed and stored together. */
export const blockRows = 8192
/** Bytes of features an example may have, so that a block of them stays within 2 GB. */
const largestExample = 256 * 1024
/** Bytes of text that the rows of a block may have together. */
const largestTexts = 512 * 2 ** 20

/** @throws BenchError `bad-data` where examples are too large for a block of them to be held */
export function checkExampleSize({ shape, dtype, width }: FeatureLayout): void {
  const bytes = width * (dtype === 'uint8' ? 1 : 4)
  if (bytes <= largestExample) return
  throw new BenchError('bad-data', `An example has ${shape.join(' x ')} numbers, ${bytes.toLocaleString('en')} bytes; at most ${largestExample.toLocaleString('en')} can be held.`, {
    field: 'columns',
    hint: 'Choose a smaller size for images, or leave columns out.'
  })
}

/**
 * Passes batches on, without the rows by which the texts of a block would grow beyond what can be held: a few bytes of a compressed file
 * can stand for a long text in every row. They are rejected, each with the column of its longest text.
 */
export async function* withinBlocks(batches: AsyncIterable<SourceBatch>, columns: readonly SourceColumn[], limit = largestTexts): AsyncGenerator<SourceBatch> {
  let [rows, bytes] = [0, 0]
  for await (const batch of batches) {
    const total = batch.columns.reduce((sum, values) => sum + textBytes(values), 0)
    const count = batch.rowNumbers.length
    if (bytes + total <= limit) {
      yield batch
      rows += count
      // What of the batch begins another block is not known apart; all of it is counted.
      if (rows >= blockRows) [rows, bytes] = [rows % blockRows, 0]
      bytes += total
      continue
    }
    const rejected = new Map<number, RejectedRow>()
    for (let row = 0; row < count; row++) {
      const lengths = batch.columns.map((values) => lengthAt(values, row))
      const length = lengths.reduce((sum, each) => sum + each, 0)
      if (bytes + length > limit) {
        const longest = lengths.indexOf(Math.max(...lengths))
        rejected.set(row, tooLong(batch.rowNumbers[row] ?? 0, columns[longest]?.name ?? null, limit))
        continue
      }
      bytes += length
      if (++rows === blockRows) [rows, bytes] = [0, 0]
    }
    yield batchWithout(batch, rejected)
  }
}

/** Bytes of a column's texts: exactly, or as many as the characters where that is cheaper to know. */
function textBytes(values: ColumnValues): number {
  if (values.type !== 'text') return 0
  return values.texts === undefined ? values.values.reduce((sum, text) => sum + (text?.length ?? 0), 0) : values.texts.bytes.length
}

function lengthAt(values: ColumnValues, row: number): number {
  if (values.type !== 'text') return 0
  if (values.texts === undefined) return values.values[row]?.length ?? 0
  return isMissing(values.texts, row) ? 0 : (values.texts.offsets[row + 1] ?? 0) - (values.texts.offsets[row] ?? 0)
}

const tooLong = (row: number, column: string | null, limit: number): RejectedRow => ({
  row,
  line: null,
  column,
  reason: `The texts of the ${blockRows.toLocaleString('en')} rows around this one take more than ${limit.toLocaleString('en')} bytes together.`,
  excerpt: ''
})
