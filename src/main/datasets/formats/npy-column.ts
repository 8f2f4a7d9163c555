import { badData } from './bad-data.ts'
import { numbersOf, textOf, type NpyElements } from './npy-elements.ts'
import type { NpyHeader } from './npy-header.ts'
import { elementsPerRow, excerptOf } from './row-batches.ts'
import type { SequentialBytes } from './sequential-bytes.ts'
import type { ColumnValues, RejectedRow, SourceColumn } from './source-file.ts'

/** How integers of 64 bits become values: numbers (those beyond 2^53 reject their row), or text with every digit. Left to the readers, they look at the first rows. */
export type WideIntegers = 'number' | 'text'

/** Rows that are looked at to see whether 64-bit integers fit numbers. */
const peekedRows = 8192

/**
 * How a header's 64-bit integers are best read, by the first rows of the data that `source` stands at: as text where a number would lose digits.
 * Reads nothing of other types, or where the caller has chosen.
 */
export async function chooseWideIntegers(header: NpyHeader, source: SequentialBytes, chosen: WideIntegers | undefined): Promise<WideIntegers> {
  if (chosen !== undefined || header.shape.length !== 1 || !isWide(header.elements)) return chosen ?? 'number'
  const bytes = await source.read(8 * Math.min(peekedRows, header.shape[0] ?? 0))
  const numbers = Array.from(numbersOf(header.elements, bytes.slice(0, bytes.length - (bytes.length % 8))) as ArrayLike<number | bigint>)
  return numbers.every((value) => Number.isSafeInteger(Number(value))) ? 'number' : 'text'
}

/** An array as a column: its first axis is the rows. */
export interface NpyColumn {
  readonly column: SourceColumn
  readonly elements: NpyElements
  readonly rows: number
  /** Bytes of one row in the file. */
  readonly rowBytes: number
}

const largestRow = 2 ** 26

/**
 * The column that an array makes: one axis gives numbers or text (booleans: `true` and `false`); more axes give arrays, bytes as
 * uint8 and everything else as float32. A last axis of size 1 after two others (images in grey) is left out of the shape.
 *
 * @throws BenchError `bad-data` for a single value, for text of more than one axis, for rows of more than 2^26 elements
 */
export function npyColumn(header: NpyHeader, name: string, file: string, wideIntegers: WideIntegers): NpyColumn {
  const { elements, shape } = header
  const [rows, ...rest] = shape
  if (rows === undefined) throw badData(file, 'it holds a single value, not rows.', { field: 'header', hint: 'The first axis of the array must be its rows.' })
  if (rest.length > 3) throw badData(file, `it has ${shape.length} axes (${shape.join(' x ')}); at most rows x height x width x channels can be read.`, { field: 'header', hint: 'Reshape the array before saving it.' })
  const perRow = rest.includes(0) ? 0 : rest.reduce((product, size) => product * size, 1)
  if (perRow === 0 && rows > 0) throw badData(file, `its rows hold nothing (${shape.join(' x ')}).`, { field: 'header' })
  if (perRow > largestRow) throw badData(file, `a row holds ${perRow} elements, more than the ${largestRow} that can be read.`, { field: 'header' })
  return { column: columnOf(name, elements, rest, file, wideIntegers), elements, rows, rowBytes: perRow * elements.size }
}

function columnOf(name: string, elements: NpyElements, rest: readonly number[], file: string, wideIntegers: WideIntegers): SourceColumn {
  const isText = elements.kind === 'U' || elements.kind === 'S'
  if (isText && elements.size === 0) throw badData(file, 'its texts have no characters at all.', { field: 'header' })
  if (isText && rest.length > 0) throw badData(file, 'text can be read from arrays of one axis only.', { field: 'header', hint: 'Save each column of the text array on its own.' })
  if (rest.length === 0) {
    const asText = isText || elements.kind === 'b' || (wideIntegers === 'text' && isWide(elements))
    return { name, type: asText ? 'text' : 'number' }
  }
  const dtype = elements.size === 1 && elements.kind !== 'i' ? 'uint8' : 'float32'
  return { name, type: 'array', shape: rest.length === 3 && rest[2] === 1 ? rest.slice(0, 2) : rest, dtype }
}

function isWide(elements: NpyElements): boolean {
  return elements.size === 8 && elements.kind !== 'f'
}

/** What a person should know of a column before importing, e.g. that digits are lost. */
export function npyWarnings({ column, elements }: NpyColumn): readonly string[] {
  if (column.dtype !== 'float32' || elements.size < 4 || (elements.kind === 'f' && elements.size === 4)) return []
  return [`The values of "${column.name}" have ${8 * elements.size} bits and are rounded to 32-bit floating point.`]
}

/** Values of consecutive rows, and the rows whose value does not fit (NaN or null stands in their place). */
export interface NpyValues {
  readonly values: ColumnValues
  readonly rejected: readonly RejectedRow[]
}

/** Decodes rows laid out one after the other in `bytes`, the caller's own buffer; `firstRow` counts from 1. */
export function decodeNpyRows(array: NpyColumn, bytes: Uint8Array<ArrayBuffer>, firstRow: number): NpyValues {
  const { column, elements } = array
  if (elements.kind === 'U' || elements.kind === 'S') return decodeTexts(array, bytes, firstRow)
  const numbers = numbersOf(elements, bytes)
  if (column.type === 'array') return { values: { type: 'array', values: arrayOf(numbers, column, bytes) }, rejected: [] }
  if (column.type === 'text') return { values: { type: 'text', values: textsOf(numbers, elements) }, rejected: [] }
  if (numbers instanceof BigInt64Array || numbers instanceof BigUint64Array) return wideNumbers(numbers, column.name, firstRow)
  return { values: { type: 'number', values: Float64Array.from(numbers) }, rejected: [] }
}

function arrayOf(numbers: ArrayLike<number> | BigInt64Array | BigUint64Array, column: SourceColumn, bytes: Uint8Array): Uint8Array | Float32Array {
  if (column.dtype === 'uint8') return bytes
  if (numbers instanceof Float32Array) return numbers
  if (numbers instanceof BigInt64Array || numbers instanceof BigUint64Array) return Float32Array.from(numbers as Iterable<bigint>, Number)
  return Float32Array.from(numbers)
}

function textsOf(numbers: ArrayLike<number> | BigInt64Array | BigUint64Array, elements: NpyElements): readonly string[] {
  return Array.from(numbers as ArrayLike<number | bigint>, (value) => (elements.kind === 'b' ? String(value !== 0) : String(value)))
}

function wideNumbers(numbers: BigInt64Array | BigUint64Array, column: string, firstRow: number): NpyValues {
  const values = new Float64Array(numbers.length)
  const rejected: RejectedRow[] = []
  for (let index = 0; index < numbers.length; index++) {
    const exact = numbers[index] ?? 0n
    values[index] = Number(exact)
    if (!Number.isSafeInteger(values[index])) rejected.push(tooWide(firstRow + index, column, exact))
  }
  return { values: { type: 'number', values }, rejected }
}

/** A 64-bit integer that no JavaScript number holds exactly. */
export function tooWide(row: number, column: string, value: bigint): RejectedRow {
  return { row, line: null, column, reason: `${value} is beyond 2^53 and would lose digits as a number; read the column as text.`, excerpt: excerptOf(value) }
}

function decodeTexts({ column, elements }: NpyColumn, bytes: Uint8Array, firstRow: number): NpyValues {
  const rejected: RejectedRow[] = []
  const values = Array.from({ length: bytes.length / elements.size }, (_, index) => {
    const one = bytes.subarray(index * elements.size, (index + 1) * elements.size)
    const text = textOf(elements, one)
    if (text === null) rejected.push({ row: firstRow + index, line: null, column: column.name, reason: 'The bytes are no text.', excerpt: excerptOf(Buffer.from(one).toString('hex')) })
    return text
  })
  return { values: { type: 'text', values }, rejected }
}

/** Elements of one row as the file lays them out (before a channel axis of size 1 is left out, which changes nothing). */
export function rowElements({ column }: NpyColumn): number {
  return elementsPerRow(column)
}
