import { tableFromIPC, Type, type DataType, type Field, type Table } from '@uwdata/flechette'
import { checkArrowBatch } from './arrow-checks.ts'
import { checkBuffers, checkDictionary, registerArrowCodecs } from './arrow-buffers.ts'
import { arrowColumns, arrowSourceColumn, arrowValues, batchesOf, type ArrowColumn } from './arrow-columns.ts'
import { listArrowMessages, messageBytes, type ArrowMessage } from './arrow-messages.ts'
import { asBadData, badData, throwIfCancelled } from './bad-data.ts'
import { withOpened, type BytesFile } from './bytes-file.ts'
import type { WideIntegers } from './npy-column.ts'
import { batchOf, elementsPerRow, rowsPerBatch } from './row-batches.ts'
import type { RejectedRow, SourceBatch, SourceColumn, SourceFile } from './source-file.ts'
import { columnOfValues } from './value-columns.ts'

export interface ArrowOptions {
  /** Types that a person chose for columns, by name: how 64-bit integers are read; left out, as text only where the file shows that numbers lose digits. */
  readonly types?: Readonly<Record<string, WideIntegers>>
}

registerArrowCodecs()

/** What the library shall give as it is, for this reader to turn into text or numbers. */
const extraction = { useBigInt: true, useBigIntTimestamp: true }
const damaged = 'the Arrow data is damaged or uses a feature that cannot be read'
const hint = 'Save it again, e.g. with pyarrow.feather.write_feather(table, path), or as Parquet.'
/** Record batches decoded together; a single one may be larger. */
const groupBytes = 32 * 2 ** 20

/**
 * Opens an Arrow IPC file (Feather version 2) or stream, with LZ4, Zstandard or no compression. Columns as of Parquet: numbers; text for text,
 * booleans, dates and everything nested (JSON); arrays for lists of numbers of one length. One record batch must fit in memory.
 *
 * @throws BenchError `bad-data` where a message or a batch is wrong, for Feather version 1 and big-endian files
 */
export function openArrow(path: string, options: ArrowOptions = {}): Promise<SourceFile> {
  return withOpened(path, (file) => arrowSource(file, options))
}

/** The same of a file that is open already; closing the source closes it. */
export async function arrowSource(file: BytesFile, options: ArrowOptions = {}): Promise<SourceFile> {
  const messages = await listArrowMessages(file)
  const [schema, ...rest] = messages.filter(({ header }) => header.kind !== 'other')
  if (schema?.header.kind !== 'schema' || rest.some(({ header }) => header.kind === 'schema')) throw badData(file.name, 'it does not begin with the one schema of an Arrow file.', { field: 'byte 0', hint })
  const content: ArrowContent = { file, schema: await messageBytes(file, schema), messages: rest }
  const fields = await decodeFields(content)
  const { columns, warnings } = arrowColumns(fields)
  if (columns.length === 0) throw badData(file.name, ['it has no column that can be read.', ...warnings.slice(0, 1)].join(' '), { hint })
  const [first] = await groupsOf({ ...content, fields }).next().then(({ value }) => (value === undefined ? [] : [value]))
  const described = await asBadData(file.name, `${damaged} (its first batch).`, () => columns.map((column) => {
    return arrowSourceColumn(column, batchesOf(first?.table.getChildAt(column.place))[0], options.types?.[column.field.name])
  }))
  const rows = rest.reduce((sum, { header }) => sum + (header.kind === 'record' ? header.batch.rows : 0), 0)
  return {
    format: 'arrow',
    columns: described,
    rows,
    bytes: file.size,
    warnings,
    batches: (signal) => readBatches({ ...content, fields }, columns, described, rows, signal),
    close: () => file.close()
  }
}

interface ArrowContent {
  readonly file: BytesFile
  readonly schema: Uint8Array<ArrayBuffer>
  readonly messages: readonly ArrowMessage[]
}

interface TypedContent extends ArrowContent {
  readonly fields: readonly Field[]
}

function decodeFields({ file, schema }: ArrowContent): Promise<readonly Field[]> {
  return asBadData(file.name, `${damaged} (its schema).`, () => tableFromIPC([schema]).schema.fields)
}

interface Group {
  readonly table: Table
  /** Rows of each record batch. */
  readonly counts: readonly number[]
}

/** Decodes record batches, some at a time, each with the dictionaries that were given before it. */
async function* groupsOf(content: TypedContent): AsyncGenerator<Group, undefined> {
  const { file, schema, messages, fields } = content
  const types = dictionaryTypes(fields)
  const dictionaries = new Map<number, Uint8Array[]>()
  let pending: Uint8Array[] = [...[schema]]
  let counts: number[] = []
  let size = 0
  const decode = async (): Promise<Group> => {
    const group = { table: await decodeGroup(file, pending, counts), counts }
    pending = [schema, ...[...dictionaries.values()].flat()]
    counts = []
    size = 0
    return group
  }
  for (const message of messages) {
    const { header } = message
    if (header.kind !== 'record' && header.kind !== 'dictionary') continue
    const bytes = await messageBytes(file, message)
    const body = bytes.subarray(bytes.length - header.bodyLength)
    await asBadData(file.name, `${damaged} (the batch at byte ${message.headStart}).`, () => {
      checkBuffers(header.batch, body)
      if (header.kind === 'dictionary') checkDictionary(types.get(header.id) ?? { typeId: Type.NONE }, header.batch, body)
    })
    pending.push(bytes)
    size += bytes.length
    if (header.kind === 'dictionary') dictionaries.set(header.id, header.isDelta ? [...(dictionaries.get(header.id) ?? []), bytes] : [bytes])
    else counts.push(header.batch.rows)
    if (size >= groupBytes && counts.length > 0) yield await decode()
  }
  if (counts.length > 0) yield await decode()
}

async function decodeGroup(file: BytesFile, messages: Uint8Array[], counts: readonly number[]): Promise<Table> {
  return asBadData(file.name, `${damaged} (a record batch).`, () => {
    const table = tableFromIPC(messages, extraction)
    table.schema.fields.forEach((field, place) => {
      const batches = batchesOf(table.getChildAt(place))
      if (batches.length !== counts.length) throw new RangeError('a column lacks batches')
      batches.forEach((batch, index) => {
        if (batch.length !== counts[index]) throw new RangeError(`the column ${field.name} has ${batch.length} of ${String(counts[index])} rows`)
      })
    })
    return table
  })
}

function dictionaryTypes(fields: readonly Field[]): ReadonlyMap<number, DataType> {
  const types = new Map<number, DataType>()
  const visit = ({ type }: Field): void => {
    if (type.typeId === Type.Dictionary) types.set(type.id, type.dictionary)
    if ('children' in type) type.children.forEach(visit)
  }
  fields.forEach(visit)
  return types
}

async function* readBatches(content: TypedContent, columns: readonly ArrowColumn[], described: readonly SourceColumn[], rows: number, signal: AbortSignal | undefined): AsyncGenerator<SourceBatch> {
  const step = rowsPerBatch(described.reduce((sum, column) => sum + 8 * elementsPerRow(column), 0))
  let done = 0
  for await (const { table, counts } of groupsOf(content)) {
    for (const [index, count] of counts.entries()) {
      for (let row = 0; row < count; row += step) {
        throwIfCancelled(signal)
        const end = Math.min(count, row + step)
        const { values, rejected } = await columnsOf(content.file, table, index, { columns, described, row, end, firstRow: done + row + 1 })
        yield batchOf(described, { firstRow: done + row + 1, count: end - row, values, rejected, fraction: (done + end) / rows })
      }
      done += count
    }
  }
}

interface Stretch {
  readonly columns: readonly ArrowColumn[]
  readonly described: readonly SourceColumn[]
  readonly row: number
  readonly end: number
  readonly firstRow: number
}

async function columnsOf(file: BytesFile, table: Table, index: number, { columns, described, row, end, firstRow }: Stretch) {
  const values = []
  const rejected: RejectedRow[] = []
  for (const [at, { place, field }] of columns.entries()) {
    const batch = batchesOf(table.getChildAt(place))[index]
    const column = described[at]
    if (batch === undefined || column === undefined) continue
    const read = await asBadData(file.name, `${damaged} (column "${field.name}" near row ${firstRow}).`, () => {
      if (row === 0) checkArrowBatch(batch)
      return columnOfValues(column, arrowValues(batch, row, end), { firstRow, local: false })
    })
    values.push(read.values)
    rejected.push(...read.rejected)
  }
  return { values, rejected }
}
