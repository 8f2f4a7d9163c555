import { type ColumnMapping, type ImportClass, type ImportPreview, type ImportRequest, type ImportRole, type PreviewColumn, ReadOptions } from '../../../../shared/domain/import.ts'
import { strings } from '../../../strings.ts'
import { classMistake, type EditedClass } from '../class-list.ts'

/** An import as a person prepares it. */
export interface ImportDraft {
  readonly name: string
  readonly columns: readonly ColumnMapping[]
  readonly classes: readonly EditedClass[]
  /** Rows of classes that are not listed are left out. */
  readonly onlyThese: boolean
  /** Percent as typed. */
  readonly badShare: string
}

const editedClass = ({ value, name, color = '#999999', key = '' }: ImportClass): EditedClass => ({ id: value, name, color, key })

/** The draft that a preview suggests. What a person chose before for columns of the same name stays. */
export function draftOf(preview: ImportPreview, before: ImportDraft | null = null): ImportDraft {
  const chosen = new Map(before?.columns.map((column) => [column.name, column]))
  return {
    name: before?.name ?? preview.name,
    columns: preview.columns.map(({ name, role }) => chosen.get(name) ?? { name, role }),
    classes: preview.classes.map(editedClass),
    onlyThese: false,
    badShare: before?.badShare ?? '5'
  }
}

/** The options that can be asked for; a reader may report more of what it found. */
export const knownOptions = (options: ReadOptions): ReadOptions => Object.fromEntries(Object.entries(options).filter(([key]) => Object.hasOwn(ReadOptions.entries, key)))

/** Types that a column can be read as; an array is what it is. */
export const typesOf = (column: PreviewColumn): readonly ('number' | 'text')[] => (column.type === 'array' ? [] : ['number', 'text'])

export const setRole = (draft: ImportDraft, index: number, role: ImportRole): ImportDraft => setColumn(draft, index, (column) => ({ ...column, role }))

/** Overrules the type of a column; the one that was detected needs no overruling. */
export function setType(draft: ImportDraft, index: number, type: 'number' | 'text', detected: PreviewColumn['type']): ImportDraft {
  return setColumn(draft, index, ({ name, role }) => ({ name, role, ...(type === detected ? {} : { type }) }))
}

function setColumn(draft: ImportDraft, index: number, change: (column: ColumnMapping) => ColumnMapping): ImportDraft {
  const column = draft.columns[index]
  return column === undefined ? draft : { ...draft, columns: draft.columns.with(index, change(column)) }
}

/** What is wrong with a draft, in a sentence; null where it can start. */
export function draftMistake(draft: ImportDraft): string | null {
  const texts = strings.importing
  if (draft.name.trim() === '') return texts.noName
  const percent = draft.badShare.trim() === '' ? Number.NaN : Number(draft.badShare)
  if (!(percent >= 0 && percent <= 100)) return texts.problems.badThreshold
  return draft.classes.length === 0 ? null : classMistake(draft.classes)
}

/** True where nothing could be learnt from: no feature, text or path. */
export const lacksContent = (draft: ImportDraft): boolean => !draft.columns.some(({ role }) => role === 'feature' || role === 'text' || role === 'path')

/** The request that a draft means. Classes are left to the file while nobody has changed or fixed them. */
export function requestOf(preview: ImportPreview, draft: ImportDraft): ImportRequest {
  const untouched = !draft.onlyThese && JSON.stringify(draft.classes) === JSON.stringify(preview.classes.map(editedClass))
  return {
    path: preview.path, name: draft.name.trim(), format: preview.format, options: knownOptions(preview.options),
    columns: draft.columns.map((column) => ({ ...column })),
    classes: untouched ? null : draft.classes.map(({ id, name, color, key }): ImportClass => ({ value: id.startsWith('new-') ? name.trim() : id, name: name.trim(), color, key })),
    badShare: Number(draft.badShare) / 100, source: '', license: ''
  }
}

/** Options that a format's reader knows, in the order they are shown. */
export const optionsOf: Readonly<Record<ImportPreview['format'], readonly (keyof ReadOptions)[]>> = {
  delimited: ['delimiter', 'quote', 'header', 'encoding', 'decimal', 'neutralised'], 'json-lines': ['encoding'], text: ['unit', 'characters', 'encoding'], parquet: [], arrow: [], npy: [], npz: [], idx: ['labelsPath'], 'cifar-10': [],
  'image-folder': ['height', 'width', 'grey', 'fit'], 'label-studio': [], doccano: []
}
