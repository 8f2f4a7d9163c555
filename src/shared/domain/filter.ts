import * as v from 'valibot'
import { splits } from './dataset.ts'

/**
 * A label source as a person writes it: `given`, `truth`, or kind and name (`annotator:me`, `model:teacher`, `lf:free money`,
 * `aggregate:majority`). A kind alone stands for the only source of that kind, the first made where there are several.
 */
export type SourceReference = string

export const comparisons = ['=', '!=', '<', '<=', '>', '>='] as const
export type Comparison = (typeof comparisons)[number]

/** What every part of a filter may carry: `negated` turns it around, `off` takes it out without losing it. */
interface Part {
  readonly negated?: boolean | undefined
  readonly off?: boolean | undefined
}

/** One question about an example. */
export type Condition = Part &
  (
    | {
        readonly kind: 'label'
        /** null: the source that the view shows. */
        readonly source: SourceReference | null
        /** Any of these classes; `none`: no label in force; `any`: some label. */
        readonly is: readonly number[] | 'none' | 'any'
      }
    /** Both sources have a label, and they agree; with `differ`, they do not. */
    | { readonly kind: 'agreement'; readonly first: SourceReference; readonly second: SourceReference; readonly differ: boolean }
    | { readonly kind: 'number'; readonly column: string; readonly comparison: Comparison; readonly value: number }
    /** Text compared as a whole, without regard to case only for `contains`. */
    | { readonly kind: 'value'; readonly column: string; readonly comparison: '=' | '!=' | 'contains'; readonly value: string }
    | { readonly kind: 'missing'; readonly column: string }
    /** Largest class probability (confidence) that the source gives. */
    | { readonly kind: 'confidence'; readonly source: SourceReference; readonly comparison: Comparison; readonly value: number }
    | { readonly kind: 'split'; readonly split: (typeof splits)[number] | 'unpinned' }
    /** Rows whose text columns hold all words; a phrase in double quotes stays together. */
    | { readonly kind: 'search'; readonly query: string }
    /** Rows from `from` to `to`, both included. */
    | { readonly kind: 'rows'; readonly from: number; readonly to: number }
  )

/** Parts joined by AND or OR. An empty group, or one whose parts are all off, matches everything. */
export type Group = Part & { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }
export type Filter = Group | Condition

export const isGroup = (filter: Filter): filter is Group => filter.kind === 'and' || filter.kind === 'or'

/** The filter that matches every example. */
export const everything: Group = { kind: 'and', parts: [] }

/** Parts of a filter at most, so that a caller cannot make main loop without limit. */
export const largestFilter = 200
export const deepestFilter = 20

/** The last row that a filter can name. */
export const largestRow = 0xffff_ffff

const part = { negated: v.optional(v.boolean()), off: v.optional(v.boolean()) }
const source = v.pipe(v.string(), v.minLength(1), v.maxLength(220))
const column = v.pipe(v.string(), v.minLength(1), v.maxLength(200))
const finite = v.pipe(v.number(), v.minValue(-Number.MAX_VALUE), v.maxValue(Number.MAX_VALUE))
const comparison = v.picklist(comparisons)
const row = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(largestRow))
const classPosition = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000))

const conditionSchema = v.variant('kind', [
  v.strictObject({
    kind: v.literal('label'),
    source: v.nullable(source),
    is: v.union([v.picklist(['none', 'any']), v.pipe(v.array(classPosition), v.minLength(1), v.maxLength(1000))]),
    ...part
  }),
  v.strictObject({ kind: v.literal('agreement'), first: source, second: source, differ: v.boolean(), ...part }),
  v.strictObject({ kind: v.literal('number'), column, comparison, value: finite, ...part }),
  v.strictObject({ kind: v.literal('value'), column, comparison: v.picklist(['=', '!=', 'contains']), value: v.pipe(v.string(), v.maxLength(10_000)), ...part }),
  v.strictObject({ kind: v.literal('missing'), column, ...part }),
  v.strictObject({ kind: v.literal('confidence'), source, comparison, value: finite, ...part }),
  v.strictObject({ kind: v.literal('split'), split: v.picklist([...splits, 'unpinned']), ...part }),
  v.strictObject({ kind: v.literal('search'), query: v.pipe(v.string(), v.minLength(1), v.maxLength(1000)), ...part }),
  v.strictObject({ kind: v.literal('rows'), from: row, to: row, ...part })
])

const filterSchema: v.GenericSchema<Filter> = v.lazy(() => v.union([conditionSchema, groupSchema]))
const groupSchema: v.GenericSchema<Group> = v.strictObject({
  kind: v.picklist(['and', 'or']),
  parts: v.pipe(v.array(filterSchema), v.maxLength(largestFilter)),
  ...part
})

/** Parts of a filter in all, groups included; stops counting above `largestFilter`. Depth beyond `deepestFilter` counts as too large. */
function sizeOf(filter: unknown, depth: number): number {
  if (depth > deepestFilter) return Infinity
  const parts = typeof filter === 'object' && filter !== null && 'parts' in filter && Array.isArray(filter.parts) ? filter.parts : []
  let size = 1
  for (const each of parts) {
    size += sizeOf(each, depth + 1)
    if (size > largestFilter) return size
  }
  return size
}

/** Schema of a filter from outside. Size is checked before the recursion, so that a nested bomb is refused cheaply. */
export const FilterSchema: v.GenericSchema<Filter> = v.pipe(
  v.custom<Filter>((value) => sizeOf(value, 0) <= largestFilter, `A filter has at most ${largestFilter} parts, nested at most ${deepestFilter} deep.`),
  filterSchema
)

/** What a view is ordered by; the row number, ascending, decides between equals. */
export type SortKey =
  | { readonly by: 'row' }
  | { readonly by: 'column'; readonly column: string }
  | { readonly by: 'label'; readonly source: SourceReference | null }
  | { readonly by: 'confidence'; readonly source: SourceReference }
  | { readonly by: 'random'; readonly seed: number }
export type Sort = SortKey & { readonly descending: boolean }

export const SortSchema: v.GenericSchema<Sort> = v.variant('by', [
  v.strictObject({ by: v.literal('row'), descending: v.boolean() }),
  v.strictObject({ by: v.literal('column'), column, descending: v.boolean() }),
  v.strictObject({ by: v.literal('label'), source: v.nullable(source), descending: v.boolean() }),
  v.strictObject({ by: v.literal('confidence'), source, descending: v.boolean() }),
  v.strictObject({ by: v.literal('random'), seed: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff)), descending: v.boolean() })
])

/** A filter with a name, and perhaps an order. */
export interface SavedFilter {
  readonly id: string
  readonly datasetId: string
  readonly name: string
  readonly filter: Filter
  readonly sort: Sort | null
  readonly createdAt: number
}
