import { Type, type Batch, type Column, type DataType, type Field } from '@uwdata/flechette'
import type { WideIntegers } from './npy-column.ts'
import { shapeOf } from './parquet-columns.ts'
import { dayText, fineMomentText, momentText, textOfBytes, type Unfit } from './parquet-values.ts'
import type { SourceColumn } from './source-file.ts'

/** A column of an Arrow table that can be read: its place among the fields, and how its values are taken. */
export interface ArrowColumn {
  readonly place: number
  readonly field: Field
  readonly kind: 'number' | 'text' | 'list'
}

const unreadable: Readonly<Record<number, string>> = {
  [Type.Interval]: 'spans of time',
  [Type.Union]: 'unions',
  [Type.RunEndEncoded]: 'run-end encoded values',
  [Type.ListView]: 'list views',
  [Type.LargeListView]: 'list views',
  [Type.NONE]: 'an unknown type'
}

/** The columns that can be read; the others are named in `warnings`. */
export function arrowColumns(fields: readonly Field[]): { columns: readonly ArrowColumn[], warnings: readonly string[] } {
  const columns: ArrowColumn[] = []
  const warnings: string[] = []
  fields.forEach((field, place) => {
    const why = unreadableType(field.type)
    if (why !== null) warnings.push(`The column "${field.name}" holds ${why}, which cannot be read, and is left out.`)
    else if (columns.some((column) => column.field.name === field.name)) warnings.push(`A second column "${field.name}" is left out.`)
    else columns.push({ place, field, kind: kindOf(field.type) })
  })
  return { columns, warnings }
}

function unreadableType(type: DataType): string | null {
  const why = unreadable[type.typeId]
  if (why !== undefined) return why
  // The library raises ten to the scale; beyond the digits that decimals can have this would never end.
  if (type.typeId === Type.Decimal && !(type.scale >= 0 && type.scale <= 76)) return `decimals of scale ${type.scale}`
  if (type.typeId === Type.Dictionary) return unreadableType(type.dictionary)
  return childrenOf(type).map((child) => unreadableType(child.type)).find((each) => each !== null) ?? null
}

function childrenOf(type: DataType): readonly Field[] {
  return 'children' in type ? type.children : []
}

const numberTypes = new Set<number>([Type.Int, Type.Float, Type.Decimal, Type.Time, Type.Duration])
const listTypes = new Set<number>([Type.List, Type.LargeList, Type.FixedSizeList])

function kindOf(type: DataType): ArrowColumn['kind'] {
  if (type.typeId === Type.Dictionary) return kindOf(type.dictionary) === 'number' ? 'number' : 'text'
  if (numberTypes.has(type.typeId)) return 'number'
  if (!listTypes.has(type.typeId)) return 'text'
  const [child] = childrenOf(type)
  return child !== undefined && kindOf(child.type) !== 'text' && child.type.typeId !== Type.Dictionary ? 'list' : 'text'
}

/** The source's column. Lists become arrays where the type fixes their length, or every row of the first batch has the same shape; 64-bit integers text where the first batch needs it. */
export function arrowSourceColumn({ field, kind }: ArrowColumn, first: Batch<unknown> | undefined, wideIntegers: WideIntegers | undefined): SourceColumn {
  const { name, type } = field
  if (kind === 'list') {
    const shape = notedShape(field) ?? fixedShape(type) ?? firstShape(first)
    if (shape !== null) return { name, type: 'array', shape, dtype: isByteList(type) ? 'uint8' : 'float32' }
  }
  const wide = type.typeId === Type.Int && type.bitWidth === 64 && (wideIntegers ?? widthOf(first)) === 'text'
  return { name, type: kind === 'number' && !wide ? 'number' : 'text' }
}

function widthOf(first: Batch<unknown> | undefined): WideIntegers {
  if (first === undefined) return 'number'
  for (const value of first.values ?? []) if (!Number.isSafeInteger(Number(value))) return 'text'
  return 'number'
}

/** Shape of the canonical extension type for tensors, where it agrees with the list's length. */
function notedShape({ type, metadata }: Field): readonly number[] | null {
  if (type.typeId !== Type.FixedSizeList || metadata?.get('ARROW:extension:name') !== 'arrow.fixed_shape_tensor') return null
  try {
    const noted: unknown = JSON.parse(metadata.get('ARROW:extension:metadata') ?? '')
    const shape: unknown = typeof noted === 'object' && noted !== null && 'shape' in noted && !('permutation' in noted) ? noted.shape : null
    if (!Array.isArray(shape) || !shape.every((size) => Number.isInteger(size) && Number(size) > 0)) return null
    const sizes = shape.map(Number)
    return sizes.reduce((product, size) => product * size, 1) === type.stride ? sizes : null
  } catch {
    return null
  }
}

function fixedShape(type: DataType): readonly number[] | null {
  if (type.typeId !== Type.FixedSizeList || type.stride < 1 || type.stride > 2 ** 26) return null
  const [child] = type.children
  if (child === undefined) return null
  if (numberTypes.has(child.type.typeId)) return [type.stride]
  const inner = fixedShape(child.type)
  return inner === null ? null : [type.stride, ...inner]
}

function firstShape(batch: Batch<unknown> | undefined): readonly number[] | null {
  if (batch === undefined || batch.length === 0) return null
  let shape: readonly number[] | null = null
  for (let row = 0; row < batch.length; row++) {
    const each = shapeOf(plain(batch.at(row)))
    if (each === null || (shape !== null && shape.join() !== each.join())) return null
    shape = each
  }
  return shape
}

/** Nested typed arrays as nested lists. */
function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as Iterable<unknown>)
  return Array.isArray(value) ? value.map(plain) : value
}

function isByteList(type: DataType): boolean {
  const [child] = childrenOf(type)
  if (child === undefined) return type.typeId === Type.Int && type.bitWidth === 8 && !type.signed
  return isByteList(child.type)
}

/** Values of rows `from` to `to` of a batch, as the bench reads them: dates and moments as ISO text, bytes as text. */
export function arrowValues(batch: Batch<unknown>, from: number, to: number): readonly unknown[] {
  const convert = converterOf(batch.type)
  const bytes = textBytes(batch)
  return Array.from({ length: to - from }, (_, index) => {
    const row = from + index
    if (bytes !== null) return batch.nullCount > 0 && !batch.isValid(row) ? null : textOfBytes(bytes(row))
    const value = batch.at(row)
    if (value === undefined) throw new RangeError('a value points outside its dictionary')
    return value === null ? null : convert(value)
  })
}

/** Bytes of a row of a column of text: read here and not by the library, which would let wrong UTF-8 pass. */
function textBytes({ type, values, offsets }: Batch<unknown>): ((row: number) => Uint8Array) | null {
  if (!(values instanceof Uint8Array) || offsets === undefined) return null
  const isText = type.typeId === Type.Utf8 || type.typeId === Type.LargeUtf8 || type.typeId === Type.Binary || type.typeId === Type.LargeBinary
  return isText ? (row) => values.subarray(Number(offsets[row]), Number(offsets[row + 1])) : null
}

function converterOf(type: DataType): (value: unknown) => unknown {
  if (type.typeId === Type.Dictionary) {
    const inner = converterOf(type.dictionary)
    return (value) => (value === null ? null : inner(value))
  }
  if (type.typeId === Type.Date) return (milliseconds) => dayText(Number(milliseconds) / 86_400_000)
  if (type.typeId === Type.Timestamp) {
    const text = momentOf(type.unit)
    return (count) => withoutZone(text(count as bigint), type.timezone)
  }
  if (type.typeId === Type.BinaryView) return (bytes) => (bytes instanceof Uint8Array ? textOfBytes(bytes) : bytes)
  return (value) => value
}

function momentOf(unit: number): (count: bigint) => string | Unfit {
  if (unit === 0) return (count) => momentText(Number(count) * 1000)
  if (unit === 1) return (count) => momentText(Number(count))
  return (count) => fineMomentText(count, unit === 2 ? 1000n : 1_000_000n)
}

function withoutZone(text: string | Unfit, timezone: string | null): string | Unfit {
  return timezone === null && typeof text === 'string' ? text.slice(0, -1) : text
}

/** The column's part of each record batch, in order. */
export function batchesOf(column: Column<unknown> | undefined): readonly Batch<unknown>[] {
  return column?.data ?? []
}
