import { batchWithout, excerptOf } from '../formats/row-batches.ts'
import type { ColumnValues, RejectedRow, SourceBatch, SourceColumn, SourceFile } from '../formats/source-file.ts'
import type { Sidecar, SidecarColumn } from './sidecar-schema.ts'

/** A column as it was exported: where its values stand in the file, one place, or one an element. */
interface RestoredColumn {
  readonly column: SourceColumn
  readonly places: readonly number[]
  readonly elements: number
}

/**
 * The file with its columns as they were exported: in their order, and arrays of the shape and dtype they had, which JSON Lines and CSV
 * cannot tell (CSV has a column an element). Columns that the sidecar does not know come last.
 */
export function restoredFile(file: SourceFile, sidecar: Sidecar): SourceFile {
  const places = new Map(file.columns.map(({ name }, place) => [name, place]))
  const known = sidecar.columns.flatMap((column) => restored(file.columns, places, column) ?? [])
  const used = new Set(known.flatMap((column) => column.places))
  const others = file.columns.flatMap((column, place): RestoredColumn[] => (used.has(place) ? [] : [{ column, places: [place], elements: 1 }]))
  const columns = [...known, ...others]
  if (columns.length === file.columns.length && columns.every(({ column, places: [place] }, index) => place === index && column === file.columns[index])) return file
  return {
    ...file,
    columns: columns.map(({ column }) => column),
    async *batches(signal) {
      for await (const batch of file.batches(signal)) yield restoredBatch(batch, columns)
    }
  }
}

function restored(columns: readonly SourceColumn[], places: ReadonlyMap<string, number>, { name, shape, dtype }: SidecarColumn): RestoredColumn | null {
  const place = places.get(name)
  const column = place === undefined ? undefined : columns[place]
  if (shape === undefined || dtype === undefined) return column === undefined || place === undefined ? null : { column, places: [place], elements: 1 }
  const elements = shape.reduce((product, size) => product * size, 1)
  const array: SourceColumn = { name, type: 'array', shape, dtype }
  if (column !== undefined && place !== undefined) {
    const found = (column.shape ?? []).reduce((product, size) => product * size, 1)
    const isSame = column.dtype === dtype && column.shape?.join() === shape.join()
    return { column: column.type === 'array' && found === elements && !isSame ? array : column, places: [place], elements }
  }
  const parts = Array.from({ length: Math.min(elements, columns.length + 1) }, (_, element) => places.get(`${name}.${element}`) ?? -1)
  if (parts.length !== elements || parts.some((part) => columns[part]?.type !== 'number')) return null
  return { column: array, places: parts, elements }
}

function restoredBatch(batch: SourceBatch, columns: readonly RestoredColumn[]): SourceBatch {
  const rejected = new Map<number, RejectedRow>()
  const rows = batch.rowNumbers.length
  const values = columns.map(({ column, places, elements }): ColumnValues => {
    const from = places.map((place) => batch.columns[place])
    const [first] = from
    if (first === undefined) return { type: 'text', values: [] }
    if (column.type !== 'array' || (first.type === 'array' && first.values instanceof Uint8Array === (column.dtype === 'uint8'))) return first
    const out = column.dtype === 'uint8' ? new Uint8Array(rows * elements) : new Float32Array(rows * elements)
    for (let row = 0; row < rows; row++) {
      for (let element = 0; element < elements; element++) {
        const source = first.type === 'array' ? first : from[element]
        const value = source?.type === 'array' ? (source.values[row * elements + element] ?? 0) : source?.type === 'number' ? (source.values[row] ?? Number.NaN) : Number.NaN
        if (out instanceof Uint8Array && !(Number.isInteger(value) && value >= 0 && value <= 255)) rejected.set(row, noByte(batch.rowNumbers[row] ?? 0, column.name, element, value))
        out[row * elements + element] = value
      }
    }
    return { type: 'array', values: out }
  })
  return batchWithout({ ...batch, columns: values }, rejected)
}

function noByte(row: number, column: string, element: number, value: number): RejectedRow {
  return { row, line: null, column, reason: `Element ${element + 1} is no whole number from 0 to 255.`, excerpt: excerptOf(Number.isNaN(value) ? null : value) }
}
