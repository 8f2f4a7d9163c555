import { parse } from 'node:path'
import { badData, throwIfCancelled } from './bad-data.ts'
import { withOpened, type BytesFile } from './bytes-file.ts'
import { chooseWideIntegers, decodeNpyRows, npyColumn, npyWarnings, type NpyColumn, type WideIntegers } from './npy-column.ts'
import { readNpyHeader, type NpyHeader } from './npy-header.ts'
import { rowsOfFile } from './npy-rows.ts'
import { batchOf, rowsPerBatch } from './row-batches.ts'
import { sequentialFile } from './sequential-bytes.ts'
import type { SourceBatch, SourceFile } from './source-file.ts'

export interface NpyOptions {
  /** Name of the column; else the file's name without its ending. */
  readonly columnName?: string
  /** Types that a person chose for columns, by name: how 64-bit integers are read; left out, as text only where the file shows that numbers lose digits. */
  readonly types?: Readonly<Record<string, WideIntegers>>
}

/**
 * Opens a NumPy array (.npy) as one column, its first axis the rows. Memory stays bounded whatever the size of the file.
 *
 * @throws BenchError `bad-data` where the header is wrong or the file holds another number of elements than it claims
 */
export function openNpy(path: string, options: NpyOptions = {}): Promise<SourceFile> {
  return withOpened(path, (file) => npySource(file, options))
}

/** The same of a file that is open already; closing the source closes it. */
export async function npySource(file: BytesFile, options: NpyOptions = {}): Promise<SourceFile> {
  const start = sequentialFile(file, 0)
  const header = await readNpyHeader(start, file.name)
  checkSize(file, header)
  const name = options.columnName ?? parse(file.name).name
  const wideIntegers = await chooseWideIntegers(header, start, options.types?.[name])
  const array = npyColumn(header, name, file.name, wideIntegers)
  return {
    format: 'npy',
    columns: [array.column],
    rows: array.rows,
    bytes: file.size,
    warnings: npyWarnings(array),
    batches: (signal) => readBatches(file, header, array, signal),
    close: () => file.close()
  }
}

function checkSize(file: BytesFile, { shape, dataStart, dataBytes, elements }: NpyHeader): void {
  const held = file.size - dataStart
  if (held === dataBytes) return
  throw badData(file.name, `the header claims ${shape.join(' x ')} elements of ${elements.size} bytes (${dataBytes} bytes), the file holds ${held}.`, { field: 'header' })
}

async function* readBatches(file: BytesFile, header: NpyHeader, array: NpyColumn, signal: AbortSignal | undefined): AsyncGenerator<SourceBatch> {
  const rows = await rowsOfFile(file, header, array, (offset) => sequentialFile(file, offset))
  const step = rowsPerBatch(array.rowBytes)
  for (let done = 0; done < array.rows;) {
    throwIfCancelled(signal)
    const count = Math.min(step, array.rows - done)
    const { values, rejected } = decodeNpyRows(array, await rows.next(count), done + 1)
    yield batchOf([array.column], { firstRow: done + 1, count, values: [values], rejected, fraction: (done + count) / array.rows })
    done += count
  }
}
