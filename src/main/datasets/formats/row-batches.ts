import { batchRows, type ColumnValues, type RejectedRow, type SourceBatch, type SourceColumn } from './source-file.ts'

/** Bytes of array values a batch holds at most, one row aside: keeps memory bounded where rows are large. */
const batchBytes = 32 * 1024 * 1024

/** Rows of `rowBytes` bytes a batch holds: `batchRows`, fewer where rows are large, at least one. */
export function rowsPerBatch(rowBytes: number): number {
  return Math.max(1, Math.min(batchRows, Math.floor(batchBytes / Math.max(1, rowBytes))))
}

/** Elements of one row of a column: the product of its shape, 1 for numbers and text. */
export function elementsPerRow(column: SourceColumn): number {
  return (column.shape ?? []).reduce((product, size) => product * size, 1)
}

/** Consecutive rows as a reader decoded them, before the rejected ones are taken out. */
export interface DecodedRows {
  /** Number of the first row, from 1. */
  readonly firstRow: number
  readonly count: number
  readonly values: readonly ColumnValues[]
  /** Rows of this stretch that do not fit, in any order; several for one row keep the first. */
  readonly rejected: readonly RejectedRow[]
  readonly fraction: number
}

/** A batch of the rows that fit; the values of the others are taken out of every column. */
export function batchOf(columns: readonly SourceColumn[], decoded: DecodedRows): SourceBatch {
  const { firstRow, count, values, fraction } = decoded
  const rejected = firstOfEachRow(decoded.rejected)
  const bad = new Set(rejected.map((each) => each.row))
  const kept = bad.size === 0 ? null : keptPlaces(firstRow, count, bad)
  const rowNumbers = Float64Array.from({ length: kept === null ? count : kept.length }, (_, index) => firstRow + (kept?.[index] ?? index))
  const columnValues = kept === null ? values : values.map((each, index) => picked(each, kept, elementsOf(columns, index)))
  return { rowNumbers, columns: columnValues, rejected, fraction }
}

function firstOfEachRow(rejected: readonly RejectedRow[]): readonly RejectedRow[] {
  const byRow = new Map<number, RejectedRow>()
  for (const each of rejected) if (!byRow.has(each.row)) byRow.set(each.row, each)
  return [...byRow.values()].sort((left, right) => left.row - right.row)
}

function keptPlaces(firstRow: number, count: number, bad: ReadonlySet<number>): readonly number[] {
  const kept: number[] = []
  for (let index = 0; index < count; index++) if (!bad.has(firstRow + index)) kept.push(index)
  return kept
}

function elementsOf(columns: readonly SourceColumn[], index: number): number {
  const column = columns[index]
  return column === undefined ? 1 : elementsPerRow(column)
}

function picked(values: ColumnValues, kept: readonly number[], elements: number): ColumnValues {
  if (values.type === 'number') return { type: 'number', values: Float64Array.from(kept, (place) => values.values[place] ?? NaN) }
  if (values.type === 'text') return { type: 'text', values: kept.map((place) => values.values[place] ?? null) }
  const chosen = values.values instanceof Uint8Array ? new Uint8Array(kept.length * elements) : new Float32Array(kept.length * elements)
  kept.forEach((place, index) => chosen.set(values.values.subarray(place * elements, (place + 1) * elements), index * elements))
  return { type: 'array', values: chosen }
}

/** The beginning of a value for `RejectedRow.excerpt`. */
export function excerptOf(value: unknown): string {
  return String(value).slice(0, 200)
}

/** A batch without the rows at some places, which are rejected. */
export function batchWithout(batch: SourceBatch, rejected: ReadonlyMap<number, RejectedRow>): SourceBatch {
  if (rejected.size === 0) return batch
  const rows = batch.rowNumbers.length
  const kept = Array.from({ length: rows }, (_, row) => row).filter((row) => !rejected.has(row))
  return {
    ...batch,
    rowNumbers: Float64Array.from(kept, (row) => batch.rowNumbers[row] ?? 0),
    columns: batch.columns.map((values) => rowsAt(values, kept, values.values.length / rows)),
    rejected: [...batch.rejected, ...rejected.values()].sort((left, right) => left.row - right.row)
  }
}

function rowsAt(values: ColumnValues, kept: readonly number[], elements: number): ColumnValues {
  if (values.type !== 'text' || values.texts === undefined) return picked(values, kept, elements)
  const runs = runsOf(kept).map(([from, to]) => values.slice(from, to))
  const [first = values.slice(0, 0), ...others] = runs
  return others.length === 0 ? first : first.followedBy(others)
}

/** Ascending places as stretches, each from its first place to the one after its last. */
function runsOf(places: readonly number[]): [number, number][] {
  const runs: [number, number][] = []
  for (const place of places) {
    const last = runs.at(-1)
    if (last?.[1] === place) last[1] = place + 1
    else runs.push([place, place + 1])
  }
  return runs
}
