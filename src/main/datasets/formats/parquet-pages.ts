import type { AsyncBuffer, ColumnMetaData, DecodedArray, PageHeader, SchemaTree } from 'hyparquet'
import { parquetHeader, readPage } from 'hyparquet/src/column.js'
import { convert } from 'hyparquet/src/convert.js'
import { isFlatColumn } from 'hyparquet/src/schema.js'
import type { ColumnDecoder } from 'hyparquet/src/types.js'
import { checkDictionary, checkFound, checkPage, pageForm, type PageForm } from './parquet-checks.ts'
import { decompressPage, largestPage } from './parquet-codecs.ts'
import { parquetParsers } from './parquet-values.ts'

/** Reads one column of one row group page by page, so that a page and not a row group must fit in memory. */
export interface ParquetColumnReader {
  /** The next `count` rows; throws a plain error where the column ends before, or a page is damaged. */
  take(count: number): Promise<readonly unknown[]>
}

/** Counts the bytes of decompressed pages, and throws where those of one batch are too many to be held. */
export class PageBudget {
  readonly #limit: number
  #spent = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** A new batch: what was read for the ones before is gone. */
  reset(): void {
    this.#spent = 0
  }

  spend(bytes: number): void {
    this.#spent += bytes
    if (this.#spent > this.#limit) throw new RangeError(`a few rows take more than ${this.#limit.toLocaleString('en')} bytes`)
  }
}

const headerWindows = [1 << 12, 1 << 16, 1 << 20, 1 << 24]

/** `schemaPath` leads from the root to the leaf that `chunk` holds. */
export function readParquetColumn(file: AsyncBuffer, chunk: ColumnMetaData, schemaPath: readonly SchemaTree[], budget: PageBudget): ParquetColumnReader {
  const path = [...schemaPath]
  const leaf = path.at(-1)
  if (leaf === undefined) throw new RangeError('a column without a path')
  const dictionaryAt = Number(chunk.dictionary_page_offset ?? 0n)
  const start = dictionaryAt > 0 ? Math.min(dictionaryAt, Number(chunk.data_page_offset)) : Number(chunk.data_page_offset)
  const end = start + Number(chunk.total_compressed_size)
  if (!(start >= 4 && end > start && end <= file.byteLength)) throw new RangeError('a column lies outside the file')
  const decoder: ColumnDecoder = { pathInSchema: chunk.path_in_schema, type: chunk.type, element: leaf.element, schemaPath: path, codec: 'UNCOMPRESSED', parsers: parquetParsers }
  const isFlat = isFlatColumn(path)
  let at = start
  let dictionary: DecodedArray | undefined
  /** Rows read but not taken; of a nested column the last may go on in the next page. */
  let pending: unknown[] = []
  let taken = 0

  const nextPage = async (): Promise<boolean> => {
    if (at >= end) return false
    const { header, size } = await readHeader(file, at, end)
    const body = at + size
    at = body + header.compressed_page_size
    if (header.type === 'INDEX_PAGE') return true
    if (!(header.compressed_page_size >= 0 && header.compressed_page_size <= largestPage && at <= end)) throw new RangeError('a page lies outside its column')
    budget.spend(Math.max(0, header.uncompressed_page_size))
    const packed = new Uint8Array(await file.slice(body, at))
    if (header.type === 'DICTIONARY_PAGE') dictionary = readDictionary(packed, header, chunk, decoder)
    else if (pageForm(header)?.values !== 0) append(readData(packed, header))
    return true
  }

  const readData = (packed: Uint8Array, header: PageHeader): { values: DecodedArray, continued: boolean } => {
    const form = pageForm(header)
    if (form === null) throw new RangeError('a page of an unknown kind')
    if (form.encoding.endsWith('_DICTIONARY') && dictionary === undefined) throw new RangeError('the dictionary of a column is missing')
    const plain = unpacked(packed, header, form, chunk)
    checkPage(plain, form, path, chunk.type === 'BOOLEAN')
    const open = !isFlat && pending.length > taken ? [pending.at(-1)] : undefined
    const { data } = readPage(readerOf(plain), plainHeader(header, plain), decoder, dictionary, open, 0)
    if (data === undefined) throw new RangeError('a page without values')
    if (isFlat) checkFound(data)
    return { values: data, continued: open !== undefined }
  }

  const append = ({ values, continued }: { values: DecodedArray, continued: boolean }): void => {
    pending = pending.slice(taken, continued ? -1 : undefined)
    taken = 0
    for (const value of values) pending.push(value)
  }

  return {
    async take(count) {
      // One row more of nested columns: only the next page's first level tells that the last row is whole.
      while (pending.length - taken < count + (isFlat ? 0 : 1)) if (!(await nextPage())) break
      if (pending.length - taken < count) throw new RangeError(`the column ends ${count - pending.length + taken} rows too early`)
      const rows = pending.slice(taken, taken + count)
      taken += count
      return rows
    }
  }
}

async function readHeader(file: AsyncBuffer, at: number, end: number): Promise<{ header: PageHeader, size: number }> {
  for (const window of headerWindows) {
    const length = Math.min(window, end - at)
    const reader = { view: new DataView(await file.slice(at, at + length)), offset: 0 }
    try {
      return { header: parquetHeader(reader), size: reader.offset }
    } catch (error) {
      // Headers carry statistics and can be long; only one that does not fit the largest window is damaged.
      if (length < window || window === headerWindows.at(-1)) throw error
    }
  }
  throw new RangeError('a page header without end')
}

function readerOf(bytes: Uint8Array): { view: DataView, offset: number } {
  return { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 }
}

/** The header of the page as it stands decompressed. */
function plainHeader(header: PageHeader, plain: Uint8Array): PageHeader {
  const second = header.data_page_header_v2
  return {
    ...header,
    compressed_page_size: plain.length,
    uncompressed_page_size: plain.length,
    ...(second === undefined ? {} : { data_page_header_v2: { ...second, is_compressed: false } })
  }
}

function unpacked(packed: Uint8Array, header: PageHeader, { levels }: PageForm, { codec }: ColumnMetaData): Uint8Array {
  if (levels === null) return decompressPage(codec, packed, header.uncompressed_page_size)
  const levelBytes = levels.repetition + levels.definition
  const values = packed.subarray(levelBytes)
  const plain = levels.compressed ? decompressPage(codec, values, header.uncompressed_page_size - levelBytes) : values
  return Uint8Array.from(Buffer.concat([packed.subarray(0, levelBytes), plain]))
}

function readDictionary(packed: Uint8Array, header: PageHeader, { codec }: ColumnMetaData, decoder: ColumnDecoder): DecodedArray {
  const plain = decompressPage(codec, packed, header.uncompressed_page_size)
  checkDictionary(header.dictionary_page_header?.num_values ?? -1, plain.length)
  const { data } = readPage(readerOf(plain), plainHeader(header, plain), decoder, undefined, undefined, 0)
  return convert(data ?? [], decoder)
}
