import { parquetMetadataAsync, type AsyncBuffer, type FileMetaData, type RowGroup } from 'hyparquet'
import { assembleNested } from 'hyparquet/src/assemble.js'
import { BenchError } from '../../../shared/contract/errors.ts'
import { asBadData, badData, throwIfCancelled } from './bad-data.ts'
import { withOpened, type BytesFile } from './bytes-file.ts'
import { chunkOf, commonShape, hasWideIntegers, parquetColumns, sourceColumn, type ParquetColumn } from './parquet-columns.ts'
import { readArrayShapes } from './parquet-metadata.ts'
import { PageBudget, readParquetColumn, type ParquetColumnReader } from './parquet-pages.ts'
import { parquetParsers } from './parquet-values.ts'
import { batchOf, elementsPerRow, rowsPerBatch } from './row-batches.ts'
import type { RejectedRow, SourceBatch, SourceColumn, SourceFile } from './source-file.ts'
import { columnOfValues } from './value-columns.ts'
import type { WideIntegers } from './npy-column.ts'

export interface ParquetOptions {
  /** Types that a person chose for columns, by name: how 64-bit integers are read; left out, as text only where the file shows that numbers lose digits. */
  readonly types?: Readonly<Record<string, WideIntegers>>
}

/** A column as it is read: from the file's, to the source's. */
interface ReadColumn {
  readonly from: ParquetColumn
  readonly to: SourceColumn
}

const largestFooter = 256 * 1024 * 1024
/** Decompressed bytes that a batch should take, and those beyond which it is not read. */
const usualBytes = 64 * 2 ** 20
const batchBytes = 2 ** 30
const damaged = 'the Parquet file is damaged or uses a feature that cannot be read'

/**
 * Opens a Parquet file. Numbers become numbers; text, booleans (`true`, `false`), dates (ISO) and everything nested (JSON) text; lists of numbers
 * of one shape arrays of float32 (or of the shape and type that the bench's own writer noted). Read page by page, so memory stays bounded.
 *
 * @throws BenchError `bad-data` where the footer or a page is wrong, naming what was found
 */
export function openParquet(path: string, options: ParquetOptions = {}): Promise<SourceFile> {
  return withOpened(path, (file) => parquetSource(file, options))
}

/** The same of a file that is open already; closing the source closes it. */
export async function parquetSource(file: BytesFile, options: ParquetOptions = {}): Promise<SourceFile> {
  const buffer = asyncBuffer(file)
  const metadata = await readFooter(file, buffer)
  const { columns, warnings } = await asBadData(file.name, `${damaged} (its schema).`, () => parquetColumns(metadata))
  if (columns.length === 0) throw badData(file.name, ['it has no column that can be read.', ...warnings.slice(0, 1)].join(' '))
  const rows = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0)
  const read = await asBadData(file.name, `${damaged} (its first rows).`, async () => {
    const found: ReadColumn[] = []
    for (const from of columns) found.push({ from, to: await describe(buffer, metadata, from, options) })
    return found
  })
  return {
    format: 'parquet',
    columns: read.map((column) => column.to),
    rows,
    bytes: file.size,
    warnings,
    batches: (signal) => readBatches(file, buffer, metadata, read, rows, signal),
    close: () => file.close()
  }
}

function asyncBuffer(file: BytesFile): AsyncBuffer {
  return { byteLength: file.size, slice: async (start, end = file.size) => (await file.read(start, end - start)).buffer }
}

async function readFooter(file: BytesFile, buffer: AsyncBuffer): Promise<FileMetaData> {
  const hint = 'It may be cut short; get or save it again.'
  if (file.size < 12) throw badData(file.name, `${file.size} bytes are too few for a Parquet file.`, { hint })
  const tail = await file.read(file.size - 8, 8)
  const magic = Buffer.from(tail.subarray(4)).toString('latin1')
  if (magic === 'PARE') throw badData(file.name, 'the Parquet file is encrypted.', { hint: 'Save it without encryption.' })
  if (magic !== 'PAR1') throw badData(file.name, 'it does not end with PAR1, so it is no whole Parquet file.', { field: 'footer', hint })
  const length = new DataView(tail.buffer).getUint32(0, true)
  if (length > file.size - 12 || length > largestFooter) throw badData(file.name, `the footer claims ${length} bytes, the file holds ${file.size - 12} before it.`, { field: 'footer', hint })
  const metadata = await asBadData(file.name, `${damaged} (its footer).`, () => parquetMetadataAsync(buffer, { parsers: parquetParsers, geoparquet: false }))
  const counts = metadata.row_groups.map((group) => group.num_rows)
  const total = counts.reduce((sum, count) => sum + (typeof count === 'bigint' && count >= 0n ? count : -(2n ** 64n)), 0n)
  if (total !== metadata.num_rows || total > BigInt(Number.MAX_SAFE_INTEGER)) throw badData(file.name, `the footer claims ${metadata.num_rows} rows, its row groups ${total < 0n ? 'are damaged' : `hold ${total}`}.`, { field: 'footer', hint })
  return metadata
}

async function describe(buffer: AsyncBuffer, metadata: FileMetaData, from: ParquetColumn, options: ParquetOptions): Promise<SourceColumn> {
  const isWide = from.leaves[0]?.path.at(-1)?.element.type === 'INT64'
  const chosen = options.types?.[from.name]
  const asText = isWide && (chosen === undefined ? hasWideIntegers(metadata, from) : chosen === 'text')
  const noted = readArrayShapes(metadata).get(from.name)
  const group = metadata.row_groups.find((each) => each.num_rows > 0n)
  if (from.kind !== 'list' || group === undefined) return sourceColumn(from, null, asText)
  const [first] = await openColumn(buffer, group, from).take(1)
  const shape = commonShape(metadata, from, first)
  if (shape === null) return sourceColumn(from, null, asText)
  const flat = shape.reduce((product, size) => product * size, 1)
  const fits = noted !== undefined && noted.shape.reduce((product, size) => product * size, 1) === flat
  return fits ? { name: from.name, type: 'array', ...noted } : sourceColumn(from, shape, asText)
}

/** Reads a column of a row group, its leaves put together where it is nested. */
function openColumn(buffer: AsyncBuffer, group: RowGroup, column: ParquetColumn, budget = new PageBudget(batchBytes)): ParquetColumnReader {
  const leaves = column.leaves.map((leaf) => ({ path: leaf.path, reader: readParquetColumn(buffer, chunkOf(group, leaf), leaf.path, budget) }))
  return {
    async take(count) {
      const parts = new Map<string, unknown[]>()
      for (const { path, reader } of leaves) parts.set(path.slice(1).map((tree) => tree.element.name).join('.'), [...await reader.take(count)])
      if (column.tree.children.length > 0) assembleNested(parts, column.tree, parquetParsers)
      const rows = parts.get(column.name)
      if (rows?.length !== count) throw new RangeError(`the column ${column.name} cannot be put together`)
      return rows
    }
  }
}

/** Decompressed bytes of a row as the footer claims; at least one. */
function bytesPerRow(group: RowGroup): number {
  const bytes = group.columns.reduce((sum, { meta_data: chunk }) => sum + Math.max(0, Number(chunk?.total_uncompressed_size ?? 0n)), 0)
  return Math.max(1, bytes / Math.max(1, Number(group.num_rows)))
}

async function* readBatches(file: BytesFile, buffer: AsyncBuffer, metadata: FileMetaData, columns: readonly ReadColumn[], rows: number, signal: AbortSignal | undefined): AsyncGenerator<SourceBatch> {
  const described = columns.map((column) => column.to)
  const step = rowsPerBatch(described.reduce((sum, column) => sum + 8 * elementsPerRow(column), 0))
  const budget = new PageBudget(batchBytes)
  let done = 0
  for (const group of metadata.row_groups) {
    const end = done + Number(group.num_rows)
    if (end === done) continue
    const readers = await asBadData(file.name, `${damaged} (near row ${done + 1}).`, () => columns.map(({ from }) => openColumn(buffer, group, from, budget)))
    const groupStep = Math.max(1, Math.min(step, Math.floor(usualBytes / bytesPerRow(group))))
    while (done < end) {
      throwIfCancelled(signal)
      budget.reset()
      const count = Math.min(groupStep, end - done)
      const values = []
      const rejected: RejectedRow[] = []
      for (const [index, { from, to }] of columns.entries()) {
        const read = columnOfValues(to, await takeRows(file, readers[index], count, from, done + 1), { firstRow: done + 1, local: from.local })
        values.push(read.values)
        rejected.push(...read.rejected)
      }
      yield batchOf(described, { firstRow: done + 1, count, values, rejected, fraction: (done + count) / rows })
      done += count
    }
  }
}

async function takeRows(file: BytesFile, reader: ParquetColumnReader | undefined, count: number, { name }: ParquetColumn, row: number): Promise<readonly unknown[]> {
  try {
    return await reader?.take(count) ?? []
  } catch (error) {
    if (error instanceof BenchError) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw badData(file.name, `the column "${name}" cannot be read on near row ${row}: ${why}.`, { field: `row ${row}, column ${name}`, cause: error })
  }
}
