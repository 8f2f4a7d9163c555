import { classNameOf, type AnnotatedLabel, type AnnotatedRow } from './annotated-rows.ts'
import { openAnnotated, readAnnotated, type OpenAnnotatedOptions } from './annotated-source.ts'
import { fieldOf, isArray, isObject, type JsonObject, type JsonValue } from './json-value.ts'
import { isCount } from './label-studio.ts'
import type { SourceFile } from './source-file.ts'

/** Where the labels stand: doccano's own, and one that says who gave which when, which doccano keeps as meta data. */
const labelFields = ['label', 'labels', 'annotations']

/**
 * Opens doccano's JSON Lines (or JSON) of text classification: `id`, the text, `label` or `labels`, and any meta data.
 * Columns as `AnnotatedColumns` lays them out.
 *
 * @throws BenchError `not-found`; `bad-data` where no row is an example
 */
export function openDoccano(path: string, options: OpenAnnotatedOptions = {}): Promise<SourceFile> {
  return openAnnotated(path, 'doccano', exampleRow, options)
}

/** Reads doccano's JSON Lines example by example. */
export function readDoccano(path: string, options: OpenAnnotatedOptions = {}): AsyncGenerator<AnnotatedRow> {
  return readAnnotated(path, exampleRow, options)
}

/**
 * Writes examples as doccano imports them, one a line. doccano does not know who gave a label: `label` holds the classes that
 * were given, `annotations` all there is, so that `readDoccano` gives the same rows. A field named as one of doccano's own
 * moves to `meta.NAME`, and back on reading.
 */
export async function* writeDoccano(rows: AsyncIterable<AnnotatedRow> | Iterable<AnnotatedRow>): AsyncGenerator<string> {
  for await (const row of rows) {
    const id = row.id === null ? {} : { id: isCount(row.id) ? Number(row.id) : row.id }
    const fields = Object.entries(row.fields).map(([name, value]): [string, JsonValue] => [isReserved(name) ? `meta.${name}` : name, value])
    const label = [...new Set(row.labels.flatMap(({ className }) => className ?? []))]
    const annotations = row.labels.map(({ annotator, className, at }): JsonObject => ({ annotator, class: className, at }))
    yield `${JSON.stringify({ ...id, ...Object.fromEntries(fields), label, annotations })}\n`
  }
}

function isReserved(name: string): boolean {
  return name === 'id' || labelFields.includes(name) || name.startsWith('meta.')
}

/** Undoes what the writer does to a field with one of doccano's names. */
function givenName(name: string): string {
  const rest = name.startsWith('meta.') ? name.slice('meta.'.length) : ''
  return isReserved(rest) ? rest : name
}

function exampleRow(value: JsonValue): AnnotatedRow | string {
  if (!isObject(value)) return 'The row is no JSON object.'
  const labels = labelsOf(value)
  if (typeof labels === 'string') return labels
  const id = fieldOf(value, 'id')
  const fields = Object.entries(value).filter(([name]) => name !== 'id' && !labelFields.includes(name)).map(([name, field]): [string, JsonValue] => [givenName(name), field])
  return { id: typeof id === 'string' ? id : typeof id === 'number' ? String(id) : null, fields: Object.fromEntries(fields), labels }
}

function labelsOf(row: JsonObject): readonly AnnotatedLabel[] | string {
  const annotations = fieldOf(row, 'annotations')
  if (annotations !== undefined && isArray(annotations) && annotations.every(isObject)) return annotations.map(annotationOf)
  const given = fieldOf(row, 'label') ?? fieldOf(row, 'labels') ?? []
  const names = isArray(given) ? given : [given]
  if (!names.every((name) => typeof name === 'string' || typeof name === 'number')) return 'The label marks spans or relations; only classes of whole examples can be imported.'
  const className = classNameOf(names.map(String))
  return className === null ? [] : [{ annotator: null, className, at: null }]
}

function annotationOf(annotation: JsonObject): AnnotatedLabel {
  const [annotator, className, at] = [fieldOf(annotation, 'annotator'), fieldOf(annotation, 'class'), fieldOf(annotation, 'at')]
  return { annotator: typeof annotator === 'string' ? annotator : null, className: typeof className === 'string' ? className : null, at: typeof at === 'number' ? at : null }
}
