import type { AnnotatedLabel, AnnotatedRow, ModelSuggestion } from '../formats/annotated-rows.ts'
import type { JsonObject } from '../formats/json-value.ts'
import { annotatedFields, annotatorOf, isSaid, isSuggested } from './annotated-sidecar.ts'
import type { ExportTable } from './export-table.ts'

/**
 * The table as annotation tools keep it: the data columns as fields, each given label without a name, true and annotators' labels under who gave them, and
 * what models and label models say as suggestions with their confidence.
 */
export async function* annotatedRows(table: ExportTable, progress: (done: number) => Promise<void>): AsyncGenerator<AnnotatedRow> {
  const data = annotatedFields(table)
  const idColumn = data.find(({ role }) => role === 'id')
  const vectors = table.sources.map((source) => ({ source, labels: table.labelsOf(source), confidences: table.confidencesOf(source) }))
  const said = vectors.filter(({ source }) => isSaid(source))
  const suggested = vectors.filter(({ source }) => isSuggested(source))
  for (let start = 0; start < table.rows.length; start += table.batchRows) {
    const rows = table.rows.subarray(start, start + table.batchRows)
    const values = data.map((column) => column.valuesOf(rows).values)
    for (const [index, row] of rows.entries()) {
      const cell = (place: number): string | number | null => {
        const value = values[place]?.[index] ?? null
        return typeof value === 'number' && Number.isNaN(value) ? null : value
      }
      const fields: JsonObject = Object.fromEntries(data.flatMap((column, place) => (column === idColumn || cell(place) === null ? [] : [[column.column.name, cell(place)]])))
      const labels = said.flatMap(({ source, labels: own }): AnnotatedLabel[] => {
        const label = own[row] ?? -1
        return label < 0 ? [] : [{ annotator: annotatorOf(source), className: table.className(label), at: null }]
      })
      const suggestions = suggested.flatMap(({ source, labels: own, confidences }): ModelSuggestion[] => {
        const label = own[row] ?? -1
        const score = confidences[row] ?? Number.NaN
        return label < 0 ? [] : [{ model: source.name, className: table.className(label), score: Number.isNaN(score) ? null : score }]
      })
      const id = idColumn === undefined ? row : cell(data.indexOf(idColumn))
      yield { id: id === null ? null : String(id), fields, labels, ...(suggestions.length === 0 ? {} : { suggestions }) }
    }
    await progress(Math.min(table.rows.length, start + table.batchRows))
  }
}
