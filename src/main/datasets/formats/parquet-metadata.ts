import type { FileMetaData, KeyValue } from 'hyparquet'
import type { SourceColumn } from './source-file.ts'

/** Key under which the writer notes shapes and types of array columns, which Parquet's lists cannot tell. */
const shapesKey = 'weakbench.arrays'

export interface ArrayShape {
  readonly shape: readonly number[]
  readonly dtype: 'uint8' | 'float32'
}

/** Notes the array columns among `columns` for `readArrayShapes`. */
export function arrayShapesEntry(columns: readonly SourceColumn[]): KeyValue {
  const noted = columns.filter((column) => column.type === 'array').map(({ name, shape, dtype }) => [name, { shape, dtype }] as const)
  return { key: shapesKey, value: JSON.stringify(Object.fromEntries(noted)) }
}

/** What a writer noted of array columns, by name; empty where there is no note or it makes no sense. */
export function readArrayShapes(metadata: FileMetaData): ReadonlyMap<string, ArrayShape> {
  const text = metadata.key_value_metadata?.find((entry) => entry.key === shapesKey)?.value
  if (text === undefined) return new Map()
  try {
    const noted: unknown = JSON.parse(text)
    return new Map(Object.entries(Object(noted) as Record<string, unknown>).filter((entry): entry is [string, ArrayShape] => isArrayShape(entry[1])))
  } catch {
    return new Map()
  }
}

function isArrayShape(value: unknown): value is ArrayShape {
  if (typeof value !== 'object' || value === null || !('shape' in value) || !('dtype' in value)) return false
  const { shape, dtype } = value
  return Array.isArray(shape) && shape.length > 0 && shape.every((size) => Number.isInteger(size) && Number(size) > 0) && (dtype === 'uint8' || dtype === 'float32')
}
