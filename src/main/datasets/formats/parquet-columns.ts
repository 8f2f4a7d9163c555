import { parquetSchema, type ColumnMetaData, type FileMetaData, type RowGroup, type SchemaElement, type SchemaTree } from 'hyparquet'
import { getTreePath } from 'hyparquet/src/schema.js'
import type { SourceColumn } from './source-file.ts'

/** A column of the table: one leaf of the schema, or several that make up lists, maps or structures. */
export interface ParquetColumn {
  readonly name: string
  readonly tree: SchemaTree
  /** Places of its leaves among a row group's column chunks, and the path from the root to each. */
  readonly leaves: readonly { readonly place: number, readonly path: readonly SchemaTree[] }[]
  /** `list`: nested lists of numbers, which may turn out to have one shape; `number` and `text` stand for themselves. */
  readonly kind: 'number' | 'text' | 'list'
  /** A date and time without a time zone: its text ends without Z. */
  readonly local: boolean
}

export interface ParquetTable {
  readonly columns: readonly ParquetColumn[]
  readonly warnings: readonly string[]
}

const unreadable: Readonly<Record<string, string>> = { BSON: 'BSON', INTERVAL: 'a span of time', VARIANT: 'VARIANT' }

/** The columns of a file. Those of types that cannot be read, and those that share a name, are left out and named in `warnings`. Throws plain errors. */
export function parquetColumns(metadata: FileMetaData): ParquetTable {
  const root = parquetSchema(metadata)
  if (root.count !== metadata.schema.length) throw new RangeError('the schema has elements that belong to nothing')
  const columns: ParquetColumn[] = []
  const warnings: string[] = []
  let place = 0
  for (const tree of root.children) {
    const leaves = leavesOf(tree).map((leaf) => ({ place: place++, path: getTreePath(root, leaf.path) }))
    const name = tree.element.name
    const why = leavesOf(tree).concat(tree).map(({ element }) => unreadable[element.converted_type ?? ''] ?? unreadable[element.logical_type?.type ?? '']).find((each) => each !== undefined)
    if (why !== undefined) warnings.push(`The column "${name}" holds ${why}, which cannot be read, and is left out.`)
    else if (columns.some((column) => column.name === name)) warnings.push(`A second column "${name}" is left out.`)
    else if (leaves.length > 0) columns.push({ name, tree, leaves, kind: kindOf(tree), local: isLocal(tree.element) })
  }
  return { columns, warnings }
}

function leavesOf(tree: SchemaTree): readonly SchemaTree[] {
  return tree.children.length === 0 ? [tree] : tree.children.flatMap(leavesOf)
}

function kindOf(tree: SchemaTree): ParquetColumn['kind'] {
  if (tree.children.length === 0) {
    const kind = isNumber(tree.element) ? 'number' : 'text'
    return tree.element.repetition_type === 'REPEATED' ? (kind === 'number' ? 'list' : 'text') : kind
  }
  return isNumberList(tree) ? 'list' : 'text'
}

/** Lists of lists of numbers: every level has one child, down to a number. */
function isNumberList(tree: SchemaTree): boolean {
  if (tree.children.length === 0) return isNumber(tree.element)
  const [child] = tree.children
  const isList = tree.element.converted_type === 'LIST' || tree.element.logical_type?.type === 'LIST' || tree.element.repetition_type === 'REPEATED'
  return isList && tree.children.length === 1 && child !== undefined && isNumberList(child)
}

const momentTypes = new Set(['DATE', 'TIMESTAMP_MILLIS', 'TIMESTAMP_MICROS'])

function isNumber({ type, converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  if (momentTypes.has(converted ?? '') || logical?.type === 'TIMESTAMP' || logical?.type === 'DATE') return false
  if (converted === 'DECIMAL' || logical?.type === 'FLOAT16') return true
  return type === 'INT32' || type === 'INT64' || type === 'FLOAT' || type === 'DOUBLE'
}

function isLocal({ logical_type: logical }: SchemaElement): boolean {
  return logical?.type === 'TIMESTAMP' && !logical.isAdjustedToUTC
}

/** The chunk of a leaf in a row group. Throws a plain error where the group lacks it or names another column there. */
export function chunkOf(group: RowGroup, { place, path }: ParquetColumn['leaves'][number]): ColumnMetaData {
  const chunk = group.columns[place]?.meta_data
  const names = path.slice(1).map((tree) => tree.element.name).join('.')
  if (chunk === undefined || chunk.path_in_schema.join('.') !== names) throw new RangeError(`a row group lacks the column ${names}`)
  if (group.columns[place]?.file_path !== undefined) throw new RangeError('the columns lie in another file')
  if (chunk.type !== path.at(-1)?.element.type) throw new RangeError(`a row group gives the column ${names} another type`)
  return chunk
}

/** True where the statistics of some row group show integers that no JavaScript number holds. */
export function hasWideIntegers(metadata: FileMetaData, column: ParquetColumn): boolean {
  const [leaf] = column.leaves
  if (column.kind !== 'number' || leaf?.path.at(-1)?.element.type !== 'INT64') return false
  return metadata.row_groups.some((group) => {
    const statistics = chunkOf(group, leaf).statistics
    return [statistics?.min_value, statistics?.max_value, statistics?.min, statistics?.max].some((bound) => typeof bound === 'bigint' && !Number.isSafeInteger(Number(bound)))
  })
}

/**
 * The shape that every row of a column of lists can have, by one row and the counts of all row groups: their numbers must be exactly rows x shape.
 * Null where they are not; a row that differs after all is rejected when it is read.
 */
export function commonShape(metadata: FileMetaData, column: ParquetColumn, firstRow: unknown): readonly number[] | null {
  const shape = shapeOf(firstRow)
  if (shape === null) return null
  const elements = shape.reduce((product, size) => product * size, 1)
  const [leaf] = column.leaves
  if (leaf === undefined || elements < 1 || elements > 2 ** 26) return null
  return metadata.row_groups.every((group) => Number(chunkOf(group, leaf).num_values) === Number(group.num_rows) * elements) ? shape : null
}

/** Sizes of nested lists of numbers that are as long as each other at every level; null of anything else. */
export function shapeOf(value: unknown): readonly number[] | null {
  if (!Array.isArray(value) || value.length === 0) return null
  const inner = value as readonly unknown[]
  if (inner.every((each) => typeof each === 'number' || typeof each === 'bigint')) return [inner.length]
  const shapes = inner.map(shapeOf)
  const [first] = shapes
  if (first === null || first === undefined || shapes.some((each) => each?.join() !== first.join())) return null
  return [inner.length, ...first]
}

/** A column of the source, once its shape is known. */
export function sourceColumn({ name, kind, leaves }: ParquetColumn, shape: readonly number[] | null, asText: boolean): SourceColumn {
  if (kind === 'list' && shape !== null) return { name, type: 'array', shape, dtype: isByte(leaves[0]?.path.at(-1)?.element) ? 'uint8' : 'float32' }
  return { name, type: kind === 'number' && !asText ? 'number' : 'text' }
}

function isByte(element: SchemaElement | undefined): boolean {
  const logical = element?.logical_type
  return element?.converted_type === 'UINT_8' || (logical?.type === 'INTEGER' && logical.bitWidth === 8 && !logical.isSigned)
}
