import type { DecodedArray, PageHeader, SchemaTree } from 'hyparquet'
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js'
import { getMaxDefinitionLevel, getMaxRepetitionLevel } from 'hyparquet/src/schema.js'
import { readVarInt } from 'hyparquet/src/thrift.js'

/**
 * Checks of a page before hyparquet decodes it. Parquet's run-length encodings let a few bytes claim two thousand million values, and the
 * library takes their word for it; everything that would let it allocate or loop without bound is refused here, by a plain `RangeError`.
 */

/** Values of one page at most (nulls count). Writers split pages at about a megabyte. */
export const largestPageValues = 2 ** 24
const largestPageText = 2 ** 28

/** What of a page's header decides how it is decoded. */
export interface PageForm {
  readonly values: number
  readonly encoding: string
  /** Of version 2 pages: lengths of the levels, which stand before the values uncompressed. */
  readonly levels: { readonly repetition: number, readonly definition: number, readonly compressed: boolean } | null
}

/** Reads a data page's header, of either version; null for other pages. */
export function pageForm(header: PageHeader): PageForm | null {
  const [first, second] = [header.data_page_header, header.data_page_header_v2]
  if (header.type === 'DATA_PAGE' && first !== undefined) return checkedForm({ values: first.num_values, encoding: first.encoding, levels: null }, header)
  if (header.type !== 'DATA_PAGE_V2' || second === undefined) return null
  const levels = { repetition: second.repetition_levels_byte_length, definition: second.definition_levels_byte_length, compressed: second.is_compressed !== false }
  if (!(second.num_nulls >= 0 && second.num_nulls <= second.num_values)) throw new RangeError('a page claims more nulls than values')
  return checkedForm({ values: second.num_values, encoding: second.encoding, levels }, header)
}

function checkedForm(form: PageForm, header: PageHeader): PageForm {
  if (!(form.values >= 0 && form.values <= largestPageValues)) throw new RangeError(`a page claims ${form.values} values`)
  if (typeof form.encoding !== 'string') throw new RangeError('a page has an unknown encoding')
  const levelBytes = (form.levels?.repetition ?? 0) + (form.levels?.definition ?? 0)
  if (form.levels !== null && !(form.levels.repetition >= 0 && form.levels.definition >= 0 && levelBytes <= Math.min(header.compressed_page_size, header.uncompressed_page_size))) {
    throw new RangeError('a page claims levels beyond its end')
  }
  return form
}

/** Checks the levels and encoded values of a page, decompressed (of version 2: levels and values put together again). */
export function checkPage(bytes: Uint8Array, form: PageForm, schemaPath: readonly SchemaTree[], isBoolean: boolean): void {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 }
  const path = [...schemaPath]
  const levels = [[getMaxRepetitionLevel(path), form.levels?.repetition], [getMaxDefinitionLevel(path), form.levels?.definition]] as const
  for (const [largest, length] of levels) {
    const start = reader.offset
    if (largest === 0) {
      reader.offset = start + (length ?? 0)
    } else {
      const size = length ?? reader.view.getUint32(start, true)
      const from = start + (length === undefined ? 4 : 0)
      // Too few levels, and the library would read on past them, unchecked.
      if (checkRuns(reader.view, from, from + size, 32 - Math.clz32(largest), form.values) < form.values) throw new RangeError('a page has fewer levels than values')
      reader.offset = from + size
    }
  }
  checkValues(reader, form, isBoolean)
}

interface Reader {
  readonly view: DataView
  offset: number
}

function checkValues(reader: Reader, { values, encoding, levels }: PageForm, isBoolean: boolean): void {
  const { view, offset } = reader
  if (encoding.endsWith('_DICTIONARY') || encoding === 'RLE') {
    // Version 1 booleans carry their length; hyparquet expects it of version 2 too.
    if (isBoolean) {
      checkRuns(view, offset + 4, view.byteLength, 1, values)
      return
    }
    if (offset >= view.byteLength) return
    const width = view.getUint8(offset)
    if (width > 32) throw new RangeError(`a dictionary index of ${width} bits`)
    if (width > 0 || levels !== null) checkRuns(view, offset + 1, view.byteLength, width, values)
  } else if (encoding.startsWith('DELTA_') && offset < view.byteLength) {
    checkDeltaBlock({ view, offset }, values)
    if (encoding === 'DELTA_BYTE_ARRAY') checkPrefixes({ view, offset }, values)
  }
}

/** The hybrid of run-length and bit-packed runs: no run may go beyond the values of the page, or beyond the bytes. Gives the values found. */
function checkRuns(view: DataView, from: number, to: number, width: number, values: number): number {
  if (to > view.byteLength) throw new RangeError('runs beyond the end of the page')
  const reader = { view, offset: from }
  let seen = 0
  while (seen < values && reader.offset < to) {
    const header = readVarInt(reader)
    const packed = (header & 1) === 1
    const count = packed ? (header >>> 1) * 8 : header >>> 1
    // Bit-packed runs are padded to whole groups, by some writers to many; a run of one value never is.
    if (count > values - seen + (packed ? 512 : 0)) throw new RangeError(`a run claims ${count} of ${values - seen} values`)
    reader.offset += packed ? (header >>> 1) * width : (width + 7) >> 3
    seen += count
  }
  return seen
}

/** The header of a delta-encoded block: block size, miniblocks in it, number of values. */
function checkDeltaBlock(reader: Reader, values: number): number {
  const [block, miniblocks, count] = [readVarInt(reader), readVarInt(reader), readVarInt(reader)]
  if (!(block > 0 && block <= 1 << 20 && miniblocks > 0 && miniblocks <= 4096 && block % miniblocks === 0)) throw new RangeError(`a delta block of ${block} values in ${miniblocks} parts`)
  if (!(count >= 0 && count <= values)) throw new RangeError(`a delta block claims ${count} of ${values} values`)
  return count
}

/** Texts that share prefixes: each prefix lies within the text before it, and all texts together stay bounded. */
function checkPrefixes(reader: Reader, values: number): void {
  const prefixes = lengthsOf(reader, values)
  const suffixes = lengthsOf(reader, values)
  if (suffixes.length !== prefixes.length) throw new RangeError('prefixes and suffixes differ in number')
  let before = 0
  let total = 0
  for (let index = 0; index < prefixes.length; index++) {
    const [prefix = 0, suffix = 0] = [prefixes[index], suffixes[index]]
    if (prefix < 0 || suffix < 0 || prefix > before) throw new RangeError('a prefix is longer than the text before it')
    before = prefix + suffix
    total += before
    if (total > largestPageText) throw new RangeError('the texts of a page grow without bound')
  }
}

function lengthsOf(reader: Reader, values: number): Int32Array {
  const count = checkDeltaBlock({ view: reader.view, offset: reader.offset }, values)
  const lengths = new Int32Array(count)
  if (count > 0) deltaBinaryUnpack(reader, count, lengths)
  return lengths
}

/** A dictionary page's number of values must fit its bytes: texts take four bytes at least, booleans one bit. */
export function checkDictionary(values: number, bytes: number): void {
  if (!(values >= 0 && values <= 8 * bytes && values <= largestPageValues)) throw new RangeError(`a dictionary claims ${values} values in ${bytes} bytes`)
}

/** Values of a dictionary-encoded page must have been found: an index beyond the dictionary gives `undefined`. */
export function checkFound(values: DecodedArray): void {
  for (const value of values) if (value === undefined) throw new RangeError('a value points outside the dictionary or the page')
}
