import { zstdCompressSync } from 'node:zlib'
import type { KeyValue, SchemaElement } from 'hyparquet'
import { ByteWriter, ParquetWriter, type ColumnSource } from 'hyparquet-writer'
import { arrayShapesEntry } from './parquet-metadata.ts'
import { elementsPerRow } from './row-batches.ts'
import type { ColumnValues, SourceColumn } from './source-file.ts'

export interface ParquetWriteOptions {
  /** `snappy` (the default) is read everywhere; `zstd` is smaller. */
  readonly compression?: 'snappy' | 'zstd' | 'none'
  /** Notes kept in the file's footer, e.g. class names and colours as JSON. */
  readonly metadata?: Readonly<Record<string, string>>
}

const codecs = { snappy: 'SNAPPY', zstd: 'ZSTD', none: 'UNCOMPRESSED' } as const
const groupRows = 65_536
const groupElements = 8 * 2 ** 20

/**
 * A whole Parquet file as chunks of bytes, a row group (up to 65,536 rows) at a time. Numbers become optional DOUBLE (NaN is null), texts
 * optional strings, arrays lists of FLOAT or unsigned bytes in row-major order; their shapes are noted in the footer, so that the bench's own
 * reader gives back the same columns. The same rows in the same batches always give the same bytes.
 */
export async function* parquetChunks(
  columns: readonly SourceColumn[],
  batches: AsyncIterable<readonly ColumnValues[]> | Iterable<readonly ColumnValues[]>,
  { compression = 'snappy', metadata = {} }: ParquetWriteOptions = {}
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const bytes = new ByteWriter()
  const notes: KeyValue[] = Object.entries(metadata).map(([key, value]) => ({ key, value }))
  const writer = new ParquetWriter({
    writer: bytes,
    schema: schemaOf(columns),
    codec: codecs[compression],
    compressors: { ZSTD: (input) => new Uint8Array(zstdCompressSync(input)) },
    kvMetadata: [...notes, arrayShapesEntry(columns)],
    createdBy: 'weakbench'
  })
  const elements = columns.reduce((sum, column) => sum + elementsPerRow(column), 0)
  const limit = Math.max(1, Math.min(groupRows, Math.floor(groupElements / elements)))
  let group: unknown[][] = columns.map(() => [])
  const writeGroup = async (): Promise<Uint8Array<ArrayBuffer>> => {
    const columnData = columns.map(({ name }, index): ColumnSource => ({ name, data: group[index] ?? [] }))
    await writer.write({ columnData, rowGroupSize: Infinity })
    group = columns.map(() => [])
    return drained(bytes)
  }
  for await (const batch of batches) {
    batch.forEach((values, index) => appendValues(group[index] ?? [], values, elementsPerRow(columns[index] ?? { name: '', type: values.type })))
    if ((group[0]?.length ?? 0) >= limit) yield await writeGroup()
  }
  if ((group[0]?.length ?? 0) > 0) yield await writeGroup()
  await writer.finish()
  yield drained(bytes)
}

function drained(writer: ByteWriter): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(writer.getBytes())
  writer.index = 0
  return bytes
}

function schemaOf(columns: readonly SourceColumn[]): SchemaElement[] {
  return [{ name: 'schema', num_children: columns.length }, ...columns.flatMap(elementsOf)]
}

function elementsOf({ name, type, dtype }: SourceColumn): readonly SchemaElement[] {
  if (type === 'number') return [{ name, type: 'DOUBLE', repetition_type: 'OPTIONAL' }]
  if (type === 'text') return [{ name, type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL', converted_type: 'UTF8', logical_type: { type: 'STRING' } }]
  const element: SchemaElement = dtype === 'uint8'
    ? { name: 'element', type: 'INT32', repetition_type: 'REQUIRED', converted_type: 'UINT_8', logical_type: { type: 'INTEGER', bitWidth: 8, isSigned: false } }
    : { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' }
  return [
    { name, repetition_type: 'REQUIRED', num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    element
  ]
}

function appendValues(target: unknown[], values: ColumnValues, elements: number): void {
  if (values.type === 'number') for (const value of values.values) target.push(Number.isNaN(value) ? null : value)
  else if (values.type === 'text') for (const value of values.values) target.push(value)
  else for (let start = 0; start < values.values.length; start += elements) target.push(Array.from(values.values.subarray(start, start + elements)))
}
