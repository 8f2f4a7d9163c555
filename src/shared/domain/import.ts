import * as v from 'valibot'

/** What a column of a file becomes. */
export const importRoles = ['feature', 'text', 'label', 'split', 'id', 'path', 'meta', 'ignore'] as const
export type ImportRole = (typeof importRoles)[number]

export const importFormats = [
  'delimited', 'json-lines', 'text', 'parquet', 'arrow', 'npy', 'npz', 'idx', 'cifar-10', 'image-folder', 'label-studio', 'doccano'
] as const
export type ImportFormat = (typeof importFormats)[number]

const columnName = v.pipe(v.string(), v.maxLength(1000))
const text = v.pipe(v.string(), v.maxLength(1000))

/** Choices of a reader; each names those that it knows, and what a person leaves open is detected. */
export const ReadOptions = v.strictObject({
  delimiter: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(4))),
  quote: v.optional(v.nullable(v.pipe(v.string(), v.length(1)))),
  header: v.optional(v.boolean()),
  encoding: v.optional(v.picklist(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'])),
  decimal: v.optional(v.picklist(['.', ','])),
  /** Undoes the apostrophe that an export puts before cells that a spreadsheet would run as formulas. */
  neutralised: v.optional(v.boolean()),
  /** Text files: what an example is. */
  unit: v.optional(v.picklist(['line', 'paragraph', 'characters'])),
  characters: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000))),
  /** Images: size of the array, grey or colour, and how a picture of another shape is fitted. */
  height: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1024))),
  width: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1024))),
  grey: v.optional(v.boolean()),
  fit: v.optional(v.picklist(['stretch', 'crop', 'pad'])),
  /** IDX: the file of labels that belongs to the images, where it is not found by its name. */
  labelsPath: v.optional(v.pipe(v.string(), v.maxLength(4096)))
})
export type ReadOptions = v.InferOutput<typeof ReadOptions>

export const ColumnMapping = v.strictObject({
  name: columnName,
  role: v.picklist(importRoles),
  /** Where the guess is to be overruled. */
  type: v.optional(v.picklist(['number', 'text']))
})
export type ColumnMapping = v.InferOutput<typeof ColumnMapping>

/** A class as an import names it: `value` is what stands in the label column. */
export const ImportClass = v.strictObject({ value: text, name: text, color: v.optional(v.pipe(v.string(), v.regex(/^#[0-9a-fA-F]{6}$/))), key: v.optional(v.pipe(v.string(), v.maxLength(10))) })
export type ImportClass = v.InferOutput<typeof ImportClass>

/** Everything an import needs to know. */
export const ImportRequest = v.strictObject({
  path: v.pipe(v.string(), v.minLength(1), v.maxLength(4096)),
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200)),
  format: v.optional(v.picklist(importFormats)),
  options: v.optional(ReadOptions, {}),
  /** null: as the preview guesses. */
  columns: v.optional(v.nullable(v.pipe(v.array(ColumnMapping), v.maxLength(10_000))), null),
  /** null: the values found, in order. */
  classes: v.optional(v.nullable(v.pipe(v.array(ImportClass), v.maxLength(10_000))), null),
  /** Share of bad rows above which the import stops; the person may then choose a higher one. */
  badShare: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0.05),
  source: v.optional(v.pipe(v.string(), v.maxLength(4096)), ''),
  license: v.optional(v.pipe(v.string(), v.maxLength(200)), '')
})
export type ImportRequest = v.InferOutput<typeof ImportRequest>

/** A row that an import left out. */
export interface QuarantinedRow {
  readonly row: number
  readonly line: number | null
  readonly column: string | null
  readonly reason: string
  readonly excerpt: string
}

/** A column of a file, as the preview shows it. */
export interface PreviewColumn {
  readonly name: string
  readonly type: 'number' | 'text' | 'array'
  readonly shape: readonly number[] | null
  readonly role: ImportRole
  /** Distinct values among the rows looked at, up to 1000. */
  readonly distinct: number
  readonly missing: number
}

/** What a file looks like before anything is written. */
export interface ImportPreview {
  readonly path: string
  readonly name: string
  readonly format: ImportFormat
  /** What was detected or asked for. */
  readonly options: ReadOptions
  readonly bytes: number
  /** Rows in all where the header says so. */
  readonly rows: number | null
  readonly columns: readonly PreviewColumn[]
  /** The first rows, a cell as text each (arrays in words). */
  readonly sample: readonly (readonly (string | null)[])[]
  /** Values of the label column among the rows looked at, as classes in their order. */
  readonly classes: readonly ImportClass[]
  readonly rejected: readonly QuarantinedRow[]
  readonly warnings: readonly string[]
}

/** What an import says at its end. */
export interface ImportReport {
  readonly rows: number
  readonly rejected: number
  readonly seconds: number
  readonly warnings: readonly string[]
}
