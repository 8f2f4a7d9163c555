import { classNameOf, type AnnotatedLabel, type AnnotatedRow, type ModelSuggestion } from './annotated-rows.ts'
import { openAnnotated, readAnnotated, type OpenAnnotatedOptions } from './annotated-source.ts'
import { fieldOf, isArray, isObject, type JsonObject, type JsonValue } from './json-value.ts'
import type { SourceFile } from './source-file.ts'

/**
 * Opens Label Studio's JSON export (a list of tasks with `data`, `annotations` and `predictions`); choices are its labels.
 * Columns as `AnnotatedColumns` lays them out.
 *
 * @throws BenchError `not-found`; `bad-data` where no row is a task
 */
export function openLabelStudio(path: string, options: OpenAnnotatedOptions = {}): Promise<SourceFile> {
  return openAnnotated(path, 'label-studio', taskRow, options)
}

/** Reads Label Studio's JSON export task by task. */
export function readLabelStudio(path: string, options: OpenAnnotatedOptions = {}): AsyncGenerator<AnnotatedRow> {
  return readAnnotated(path, taskRow, options)
}

/** Names of the controls that the written results refer to, as in the project's labelling interface. */
export interface LabelStudioNames {
  readonly fromName?: string
  readonly toName?: string
}

/**
 * Writes tasks as Label Studio imports them, a task a line inside one array. `readLabelStudio` gives the same rows, times to the
 * millisecond. A skipped label is a cancelled annotation; an annotator's name stands as its e-mail address, a number as its id.
 */
export async function* writeLabelStudio(rows: AsyncIterable<AnnotatedRow> | Iterable<AnnotatedRow>, { fromName = 'label', toName = 'text' }: LabelStudioNames = {}): AsyncGenerator<string> {
  let before = '[\n'
  for await (const row of rows) {
    const result = (className: string | null): JsonValue => className === null ? [] : [{ from_name: fromName, to_name: toName, type: 'choices', value: { choices: [className] } }]
    const annotations = row.labels.map((label): JsonObject => ({
      ...(label.annotator === null ? {} : { completed_by: isCount(label.annotator) ? Number(label.annotator) : { email: label.annotator } }),
      ...(label.at === null ? {} : { created_at: new Date(label.at).toISOString() }),
      was_cancelled: label.className === null,
      result: result(label.className)
    }))
    const predictions = (row.suggestions ?? []).map(({ model, className, score }): JsonObject => ({ model_version: model, ...(score === null ? {} : { score }), result: result(className) }))
    const id = row.id === null ? {} : { id: isCount(row.id) ? Number(row.id) : row.id }
    yield before + JSON.stringify({ ...id, data: row.fields, annotations, ...(predictions.length === 0 ? {} : { predictions }) })
    before = ',\n'
  }
  yield before === '[\n' ? '[]\n' : '\n]\n'
}

/** Whether a name is a whole number as JSON writes it, so that it comes back as the same text. */
export function isCount(text: string): boolean {
  return /^(?:0|[1-9]\d{0,14})$/.test(text)
}

function taskRow(value: JsonValue): AnnotatedRow | string {
  const data = isObject(value) ? fieldOf(value, 'data') : undefined
  if (!isObject(value) || !isObject(data)) return 'The row is no task: it has no "data".'
  const annotations = fieldOf(value, 'annotations') ?? fieldOf(value, 'completions') ?? []
  const predictions = fieldOf(value, 'predictions') ?? []
  if (!isArray(annotations)) return 'The "annotations" of the task are no list.'
  const labels = annotations.map(labelOf)
  // Unless asked for them, Label Studio writes the numbers of predictions in their place.
  const suggestions = (isArray(predictions) ? predictions : []).filter((prediction) => typeof prediction !== 'number').map(suggestionOf)
  const fault = [...labels, ...suggestions].find((each) => typeof each === 'string')
  if (typeof fault === 'string') return fault
  const row = { id: idOf(fieldOf(value, 'id')), fields: data, labels: labels.filter((label) => typeof label !== 'string') }
  return suggestions.length === 0 ? row : { ...row, suggestions: suggestions.filter((suggestion) => typeof suggestion !== 'string') }
}

function labelOf(annotation: JsonValue): AnnotatedLabel | string {
  if (!isObject(annotation)) return 'An annotation is no object.'
  const names = fieldOf(annotation, 'was_cancelled') === true ? [] : choicesOf(annotation)
  if (names === null) return 'The "result" of an annotation is no list of results.'
  const created = fieldOf(annotation, 'created_at')
  const at = typeof created === 'string' ? Date.parse(created) : NaN
  return { annotator: annotatorOf(fieldOf(annotation, 'completed_by')), className: classNameOf(names), at: Number.isNaN(at) ? null : at }
}

function suggestionOf(prediction: JsonValue): ModelSuggestion | string {
  const names = isObject(prediction) ? choicesOf(prediction) : null
  if (!isObject(prediction) || names === null) return 'A prediction is no object with results.'
  const model = fieldOf(prediction, 'model_version')
  const score = fieldOf(prediction, 'score')
  return { model: typeof model === 'string' && model !== '' ? model : 'unknown', className: classNameOf(names), score: typeof score === 'number' ? score : null }
}

/** All choices of an annotation or prediction; results of other types have none. */
function choicesOf(holder: JsonObject): readonly string[] | null {
  const results = fieldOf(holder, 'result') ?? []
  if (!isArray(results)) return null
  return results.flatMap((result) => {
    const value = isObject(result) && fieldOf(result, 'type') === 'choices' ? fieldOf(result, 'value') : undefined
    const choices = isObject(value) ? fieldOf(value, 'choices') : undefined
    return isArray(choices) ? choices.filter((choice) => typeof choice === 'string') : []
  })
}

function annotatorOf(completedBy: JsonValue | undefined): string | null {
  if (!isObject(completedBy)) return idOf(completedBy)
  const [email, username, first, last] = ['email', 'username', 'first_name', 'last_name'].map((name) => {
    const text = fieldOf(completedBy, name)
    return typeof text === 'string' ? text : ''
  })
  const whole = `${first ?? ''} ${last ?? ''}`.trim()
  return [email, username, whole].find((name) => name !== undefined && name !== '') ?? idOf(fieldOf(completedBy, 'id'))
}

function idOf(value: JsonValue | undefined): string | null {
  if (typeof value === 'string') return value
  return typeof value === 'number' ? String(value) : null
}
