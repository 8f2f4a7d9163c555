import type { LabelSource } from '../../../shared/domain/dataset.ts'
import { annotationColumns, slotColumn, suggestionColumns, unnamedAnnotator } from '../formats/annotated-rows.ts'
import type { ExportColumn, ExportTable } from './export-table.ts'
import type { SidecarColumn } from './sidecar-schema.ts'

/** Columns that an annotation tool's file has as fields: the data's own, arrays aside, and the split. */
export const annotatedFields = (table: ExportTable): readonly ExportColumn[] => table.columns.filter(({ own, role, column }) => (own !== null || role === 'split') && column.type !== 'array')

/** Under which name an annotation tool's file has the labels of a source; null: it names nobody, as of what was given. */
export function annotatorOf(source: Pick<LabelSource, 'kind' | 'name'>): string | null {
  return source.kind === 'given' ? null : source.name
}

/** Sources that an annotation tool's file holds as labels of people; what models and label models say are its suggestions. */
export const isSaid = ({ kind }: Pick<LabelSource, 'kind'>): boolean => kind === 'given' || kind === 'truth' || kind === 'annotator'
export const isSuggested = ({ kind }: Pick<LabelSource, 'kind'>): boolean => kind === 'model' || kind === 'aggregate'

/** What the columns are that the reader makes of an annotation tool's file where every annotator has a column. */
export function annotatedColumns(table: ExportTable): SidecarColumn[] {
  const said = table.sources.filter(isSaid)
  const suggested = table.sources.filter(isSuggested)
  const data = annotatedFields(table)
  const id = data.find(({ role }) => role === 'id')
  const annotations = ['label', 'annotator', 'annotated at'].map((name): SidecarColumn => ({ name, role: 'ignore' }))
  const slots = said.flatMap((source): SidecarColumn[] => {
    const [label, at] = slotColumn(annotatorOf(source) ?? unnamedAnnotator)
    return [{ name: label.trim(), role: 'label', labels: { kind: source.kind, name: source.name } }, { name: at.trim(), role: 'ignore' }]
  })
  const suggestions = suggested.flatMap((source): SidecarColumn[] => {
    const [prediction, score] = suggestionColumns(source.name)
    return [{ name: prediction.trim(), role: 'ignore', labels: { kind: source.kind, name: source.name } }, { name: score.trim(), role: 'ignore' }]
  })
  const taken = new Set([...annotationColumns, ...slots.map(({ name }) => name), ...suggestions.map(({ name }) => name)])
  const fields = data.filter((column) => column !== id).map(({ column, own, role }): SidecarColumn => {
    const name = taken.has(column.name) ? `data.${column.name}` : column.name
    return { name, role, ...(own !== null && own !== name ? { own } : {}) }
  })
  return [{ name: 'id', role: id === undefined ? 'ignore' : 'id', ...(id === undefined || id.own === null || id.own === 'id' ? {} : { own: id.own }) }, ...fields, ...annotations, ...slots, ...suggestions]
}
