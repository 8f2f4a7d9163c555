import { BenchError } from '../../../shared/contract/errors.ts'
import type { ColumnMapping, ImportRole } from '../../../shared/domain/import.ts'
import type { SourceColumn, SourceFormat } from '../formats/source-file.ts'

/** A column of the file with what it becomes. */
export interface MappedColumn {
  /** Place among the columns of the file. */
  readonly index: number
  readonly source: SourceColumn
  readonly role: ImportRole
}

/** Names under which files commonly keep a column of that role. */
const usualNames: readonly (readonly [ImportRole, RegExp])[] = [
  ['label', /^(label|labels|class|target|y|category|gold|given|given label)$/i],
  ['label', /^(truth$|label:)/i],
  ['split', /^(split|fold|partition|subset)$/i],
  ['id', /^(id|_id|key|index|uuid|guid|row_?id|example_?id)$/i],
  ['path', /^(path|file|filename|image_?path)$/i]
]

/** Characters that a text column has on average at least; shorter ones are rather names or codes. */
const textLength = 20

/**
 * Guesses what each column is for, from its name, type and values: arrays and numbers are features, long texts are text, columns
 * with the usual names are label, split, id and path, anything else is kept to look at. Formats whose columns are fixed need no guess.
 *
 * @param samples some values of each column as text, null where missing
 */
export function guessRoles(columns: readonly SourceColumn[], format: SourceFormat, samples: readonly (readonly (string | null)[])[]): ImportRole[] {
  return columns.map((column, index) => guessRole(column, format, samples[index] ?? []))
}

function guessRole(column: SourceColumn, format: SourceFormat, sample: readonly (string | null)[]): ImportRole {
  if (column.type === 'array') return 'feature'
  const named = usualNames.find(([, pattern]) => pattern.test(column.name))?.[0]
  if (named !== undefined) return named
  if (column.type === 'number') return 'feature'
  if (format === 'text') return 'text'
  const values = sample.filter((value) => value !== null)
  const length = values.reduce((sum, value) => sum + value.length, 0) / Math.max(1, values.length)
  return length >= textLength ? 'text' : 'meta'
}

/**
 * Puts the roles that a person chose to the columns of the file; columns that are not named keep their guess.
 *
 * @throws BenchError `invalid-input` for a column that the file does not have, a role that does not suit, or nothing left to import
 */
export function mapColumns(columns: readonly SourceColumn[], guesses: readonly ImportRole[], chosen: readonly ColumnMapping[] | null): readonly MappedColumn[] {
  const byName = new Map((chosen ?? []).map((mapping) => [mapping.name, mapping.role]))
  for (const name of byName.keys()) {
    if (!columns.some((column) => column.name === name)) throw new BenchError('invalid-input', `The file has no column "${name}".`, { field: 'columns', hint: `It has ${columns.slice(0, 12).map((column) => column.name).join(', ')}.` })
  }
  const mapped = columns.map((source, index) => ({ index, source, role: byName.get(source.name) ?? guesses[index] ?? 'meta' }))
  for (const { source, role } of mapped) {
    if (source.type === 'array' && role !== 'feature' && role !== 'ignore') throw new BenchError('invalid-input', `The column "${source.name}" holds arrays, which can only be features.`, { field: 'columns', hint: 'Make it a feature or ignore it.' })
    if (source.type === 'text' && role === 'feature') throw new BenchError('invalid-input', `The column "${source.name}" holds text, which cannot enter the training array as it is.`, { field: 'columns', hint: 'Make it text, a label, or keep it to look at (meta).' })
  }
  for (const role of ['split', 'id'] as const) {
    const several = mapped.filter((column) => column.role === role)
    if (several.length > 1) throw new BenchError('invalid-input', `Both "${several[0]?.source.name}" and "${several[1]?.source.name}" are to be the ${role}.`, { field: 'columns', hint: `Choose one ${role} column and keep the other to look at (meta).` })
  }
  if (!mapped.some(({ role }) => role === 'feature' || role === 'text')) throw new BenchError('invalid-input', 'Nothing is left to learn from: no column is a feature or text.', { field: 'columns', hint: 'Choose at least one feature or text column.' })
  return mapped
}

/** Name of the label source that a label column becomes: `label:ann` is what the annotator ann said, anything else is given. */
export function labelSourceOf(column: string): { readonly kind: 'given' | 'truth' | 'annotator'; readonly name: string } {
  const annotator = /^label:(.+)$/i.exec(column)?.[1]
  if (annotator !== undefined) return { kind: 'annotator', name: annotator }
  return /^truth$/i.test(column) ? { kind: 'truth', name: column } : { kind: 'given', name: column }
}
