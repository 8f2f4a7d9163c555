import { fieldOf, isArray, numericShape, sameShape, type JsonObject, type JsonValue } from './json-value.ts'
import { numberOfText } from './number-cell.ts'
import { quotedText } from './rejected-row.ts'
import { elementsPerRow, rowsPerBatch } from './row-batches.ts'
import { batchRows, type ColumnValues, type RejectedRow, type SourceBatch, type SourceColumn } from './source-file.ts'

const textLengthOfBatch = 16 * 1024 * 1024
const excerptLength = 200

type Column =
  | { readonly type: 'number', values: Float64Array }
  | { readonly type: 'text', values: (string | null)[] }
  | { readonly type: 'array', values: Float32Array, readonly shape: readonly number[], readonly elements: number }

/** Where a row stands and how it begins, for when it is rejected. */
export interface JsonPlace {
  readonly line: number | null
  /** The beginning of the row. */
  readonly excerpt: () => string
}

/** Gathers objects into batches of typed columns. An object that does not fit is rejected as a whole. */
export class JsonRows {
  readonly #columns: readonly SourceColumn[]
  readonly #known: ReadonlySet<string> | null
  readonly #capacity: number
  readonly #values: readonly Column[]
  #rowNumbers: number[] = []
  #rejected: RejectedRow[] = []
  #textLength = 0
  #row = 0

  /** @param strict whether a field that is no column rejects its row; else it is left out */
  constructor(columns: readonly SourceColumn[], strict: boolean) {
    this.#columns = columns
    this.#known = strict ? new Set(columns.map((column) => column.name)) : null
    this.#capacity = rowsPerBatch(columns.reduce((sum, column) => sum + 8 * elementsPerRow(column), 0))
    this.#values = columns.map((column) => emptyColumn(column, this.#capacity))
  }

  get full(): boolean {
    return this.#rowNumbers.length >= this.#capacity || this.#rejected.length >= batchRows || this.#textLength >= textLengthOfBatch
  }

  get empty(): boolean {
    return this.#rowNumbers.length === 0 && this.#rejected.length === 0
  }

  /** Adds a row. */
  add(object: JsonObject, place: JsonPlace): void {
    this.#row += 1
    const stray = this.#stray(object)
    if (stray !== null) {
      this.#rejectValue(place, stray, 'No row at the beginning of the file has this field.', fieldOf(object, stray) ?? null)
      return
    }
    const row = this.#rowNumbers.length
    for (const [index, column] of this.#columns.entries()) {
      const value = fieldOf(object, column.name) ?? null
      const fault = this.#put(this.#values[index], row, value)
      if (fault === null) continue
      this.#rejectValue(place, column.name, fault, value)
      return
    }
    this.#rowNumbers.push(this.#row)
  }

  /** Adds a row that could not be read. */
  reject(place: JsonPlace, reason: string): void {
    this.#row += 1
    this.#rejected.push({ row: this.#row, line: place.line, column: null, reason, excerpt: place.excerpt() })
  }

  /** The batch so far; the next one starts empty. */
  take(fraction: number): SourceBatch {
    const rows = this.#rowNumbers.length
    const columns = this.#values.map((column) => taken(column, rows, this.#capacity))
    const batch = { rowNumbers: Float64Array.from(this.#rowNumbers), columns, rejected: this.#rejected, fraction }
    this.#rowNumbers = []
    this.#rejected = []
    this.#textLength = 0
    return batch
  }

  #stray(object: JsonObject): string | null {
    const known = this.#known
    return known === null ? null : Object.keys(object).find((name) => !known.has(name) && object[name] !== null) ?? null
  }

  #put(column: Column | undefined, row: number, value: JsonValue): string | null {
    if (column?.type === 'number') {
      const number = numberOf(value)
      if (number === null) return `${quotedText(valueText(value))} is no number.`
      column.values[row] = number
      return null
    }
    if (column?.type === 'array') return putArray(column, row, value)
    const text = value === null ? null : textOf(value)
    if (text === undefined) return 'The field is nested too deeply.'
    if (text !== null) {
      if (text.includes('\0')) return 'The text holds a NUL character.'
      if (!text.isWellFormed()) return 'The text holds half a character (a lone surrogate).'
      this.#textLength += text.length
    }
    if (column !== undefined) column.values[row] = text
    return null
  }

  #rejectValue(place: JsonPlace, column: string, reason: string, value: JsonValue): void {
    this.#rejected.push({ row: this.#row, line: place.line, column, reason, excerpt: valueText(value).slice(0, excerptLength) })
  }
}

function emptyColumn(column: SourceColumn, capacity: number): Column {
  if (column.type === 'number') return { type: 'number', values: new Float64Array(capacity) }
  if (column.type === 'text') return { type: 'text', values: [] }
  const elements = elementsPerRow(column)
  return { type: 'array', values: new Float32Array(capacity * elements), shape: column.shape ?? [], elements }
}

function numberOf(value: JsonValue): number | null {
  if (value === null) return NaN
  if (typeof value === 'number') return value
  return typeof value === 'string' ? numberOfText(value, '.') : null
}

/** A value as text; undefined where it is nested too deeply to be written. */
function textOf(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

function valueText(value: JsonValue): string {
  return value === null ? 'null' : textOf(value) ?? '…'
}

function putArray(column: Extract<Column, { type: 'array' }>, row: number, value: JsonValue): string | null {
  const shape = numericShape(value)
  if (shape === null || !isArray(value)) return 'The field is no array of numbers.'
  if (!sameShape(shape, column.shape)) return `The array has the shape ${shape.join(' x ')} where ${column.shape.join(' x ')} is expected.`
  fillFlat(column.values, value, row * column.elements)
  return null
}

/** Writes the numbers of a rectangular array row-major; gives the place after the last one. */
function fillFlat(into: Float32Array, value: readonly JsonValue[], at: number): number {
  let place = at
  for (const element of value) {
    if (isArray(element)) place = fillFlat(into, element, place)
    else into[place++] = Number(element)
  }
  return place
}

function taken(column: Column, rows: number, capacity: number): ColumnValues {
  if (column.type === 'number') {
    const values = column.values.slice(0, rows)
    return { type: 'number', values }
  }
  if (column.type === 'array') {
    const values = column.values
    column.values = new Float32Array(capacity * column.elements)
    return { type: 'array', values: rows === capacity ? values : values.slice(0, rows * column.elements) }
  }
  const values = column.values
  column.values = []
  values.length = rows
  return { type: 'text', values }
}
