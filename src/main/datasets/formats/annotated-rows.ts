import { JsonColumnInference } from './json-columns.ts'
import { uniqueNames } from './delimited-columns.ts'
import type { JsonObject, JsonValue } from './json-value.ts'
import type { SourceColumn } from './source-file.ts'

/** A label that someone gave. */
export interface AnnotatedLabel {
  /** null where the file does not say who. */
  readonly annotator: string | null
  /** null: looked at and skipped. Several classes chosen at once are the JSON of their list. */
  readonly className: string | null
  /** Milliseconds since 1970; null where the file does not say when. */
  readonly at: number | null
}

/** What a model said. */
export interface ModelSuggestion {
  readonly model: string
  readonly className: string | null
  readonly score: number | null
}

/** An example with all labels given to it, as annotation tools keep it. */
export interface AnnotatedRow {
  readonly id: string | null
  readonly fields: JsonObject
  readonly labels: readonly AnnotatedLabel[]
  readonly suggestions?: readonly ModelSuggestion[]
}

/** Several classes as one class name: themselves where there is one, else the JSON of their list. */
export function classNameOf(names: readonly string[]): string | null {
  return names.length === 0 ? null : names.length === 1 ? (names[0] ?? null) : JSON.stringify(names)
}

/** Columns that every annotated file has beside its fields. */
export const annotationColumns = ['id', 'label', 'annotator', 'annotated at'] as const
/** What stands for an annotator whom the file does not name. */
export const unnamedAnnotator = 'unknown'
/** Columns of an annotator, and of a model. */
export const slotColumn = (slot: string): readonly [string, string] => [`label:${slot}`, `annotated at:${slot}`]
export const suggestionColumns = (model: string): readonly [string, string] => [`prediction:${model}`, `score:${model}`]
/** Annotators, models and fields a file may have: each takes columns in every row. */
const mostSources = 1000
const mostFields = 10_000

/**
 * Lays annotated examples out as columns: `id`, the fields, then `label`, `annotator` and `annotated at` (milliseconds since
 * 1970) of the first label. Where an example has several labels, every annotator also gets `label:NAME` and
 * `annotated at:NAME`, a second label of the same annotator `label:NAME (2)`; every model `prediction:NAME` and `score:NAME`.
 */
export class AnnotatedColumns {
  readonly #inference = new JsonColumnInference()
  readonly #slots = new Set<string>()
  readonly #models = new Set<string>()
  #several = false
  #rows = 0

  /**
   * Takes note of a row's fields, annotators and models: every row must be seen before columns are asked for. Returns a sentence where
   * there are too many of them for a table.
   */
  see(row: AnnotatedRow): string | null {
    this.#rows += 1
    this.#inference.see(row.fields)
    this.#several ||= row.labels.length > 1
    for (const slot of slotsOf(row.labels)) this.#slots.add(slot)
    for (const { model } of row.suggestions ?? []) this.#models.add(model)
    if (this.#inference.size > mostFields) return `its examples have more than ${mostFields.toLocaleString('en')} fields.`
    if (this.#slots.size > mostSources) return `it has more than ${mostSources.toLocaleString('en')} annotators.`
    return this.#models.size > mostSources ? `it has more than ${mostSources.toLocaleString('en')} models.` : null
  }

  get rows(): number {
    return this.#rows
  }

  /**
   * The columns, how a row fills them, and what was renamed.
   *
   * @param everyone whether every annotator has columns, also where no example has several labels
   */
  layout(everyone = false): AnnotatedLayout {
    const fields = this.#inference.columns()
    const labelColumns: readonly SourceColumn[] = [{ name: 'label', type: 'text' }, { name: 'annotator', type: 'text' }, { name: 'annotated at', type: 'number' }]
    const slots = this.#several || everyone ? [...this.#slots] : []
    const models = [...this.#models]
    const slotColumns = slots.flatMap((slot): SourceColumn[] => [{ name: slotColumn(slot)[0], type: 'text' }, { name: slotColumn(slot)[1], type: 'number' }])
    const modelColumns = models.flatMap((model): SourceColumn[] => [{ name: suggestionColumns(model)[0], type: 'text' }, { name: suggestionColumns(model)[1], type: 'number' }])
    const fixed: readonly SourceColumn[] = [{ name: 'id', type: 'text' }, ...labelColumns, ...slotColumns, ...modelColumns]
    const taken = new Set(fixed.map((column) => column.name))
    const renamed = fields.map((field) => (taken.has(field.name) ? { ...field, name: `data.${field.name}` } : field))
    const { names } = uniqueNames([...fixed.map((column) => column.name), ...renamed.map((field) => field.name)])
    const named = (column: SourceColumn, place: number): SourceColumn => ({ ...column, name: names[place] ?? column.name })
    const [id, ...rest] = fixed.map(named)
    const fieldColumns = renamed.map((field, index) => named(field, fixed.length + index))
    const fieldNames = new Map(fields.map((field, index) => [field.name, fieldColumns[index]?.name ?? field.name]))
    const warnings = [...fieldNames].filter(([from, to]) => from !== to).map(([from, to]) => `The field "${from}" is called "${to}", as the column "${from.trim()}" is taken.`)
    return { columns: [...(id === undefined ? [] : [id]), ...fieldColumns, ...rest], rowOf: (row) => flat(row, fieldNames, { slots, models }, names), warnings }
  }
}

export interface AnnotatedLayout {
  readonly columns: readonly SourceColumn[]
  readonly rowOf: (row: AnnotatedRow) => JsonObject
  readonly warnings: readonly string[]
}

interface Sources {
  readonly slots: readonly string[]
  readonly models: readonly string[]
}

/** `names`: of the fixed columns, in their order. */
function flat(row: AnnotatedRow, fieldNames: ReadonlyMap<string, string>, { slots, models }: Sources, names: readonly string[]): JsonObject {
  const first = row.labels[0]
  const bySlot = new Map(slotsOf(row.labels).map((slot, index) => [slot, row.labels[index]]))
  const byModel = new Map((row.suggestions ?? []).map((suggestion) => [suggestion.model, suggestion]))
  const fixed: readonly JsonValue[] = [
    row.id,
    ...labelCells(first), ...slots.flatMap((slot) => [bySlot.get(slot)?.className ?? null, bySlot.get(slot)?.at ?? null]),
    ...models.flatMap((model) => [byModel.get(model)?.className ?? null, byModel.get(model)?.score ?? null])
  ]
  const fields = Object.entries(row.fields).map(([name, value]): [string, JsonValue] => [fieldNames.get(name) ?? name, value])
  return Object.fromEntries([...fixed.map((value, index): [string, JsonValue] => [names[index] ?? '', value]), ...fields])
}

function labelCells(label: AnnotatedLabel | undefined): readonly JsonValue[] {
  return [label?.className ?? null, label?.annotator ?? null, label?.at ?? null]
}

/** A name for each label: its annotator, numbered from the second label of the same annotator on. */
function slotsOf(labels: readonly AnnotatedLabel[]): readonly string[] {
  const counts = new Map<string, number>()
  return labels.map(({ annotator }) => {
    const name = annotator ?? unnamedAnnotator
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return count === 1 ? name : `${name} (${count})`
  })
}
