import type { ReadOptions } from '../../../shared/domain/import.ts'
import type { GatheredTexts } from './text-column.ts'

/** What a column of a file holds. `array`: one array of a fixed shape a row (an image, a vector). */
export type SourceColumnType = 'number' | 'text' | 'array'

/** A column as a reader found it or was told to read it. */
export interface SourceColumn {
  readonly name: string
  readonly type: SourceColumnType
  /** Of an `array` column: its shape a row (images: rows, columns, channels; channels left out when there is one) and dtype. */
  readonly shape?: readonly number[]
  readonly dtype?: 'uint8' | 'float32'
}

/**
 * Values of one column for the rows of a batch, in the order of `SourceBatch.rowNumbers`.
 * number: NaN is a missing value. text: null is a missing value. array: rows x shape, row-major.
 */
export type ColumnValues =
  | { readonly type: 'number'; readonly values: Float64Array }
  | { readonly type: 'text'; readonly values: readonly (string | null)[]; readonly texts?: undefined }
  | GatheredTexts
  | { readonly type: 'array'; readonly values: Uint8Array | Float32Array }

/** A row that does not fit: it is left out and listed, the rest is imported. */
export interface RejectedRow {
  /** From 1, as a person counts: records of a text file after its header, rows of an array, files of a folder in name order. */
  readonly row: number
  /** Line of a text file where the record starts, from 1; null where the format has no lines. */
  readonly line: number | null
  /** Name of the offending column, or null where the whole row is at fault. */
  readonly column: string | null
  /** One sentence, e.g. `"abc" is no number.` */
  readonly reason: string
  /** The beginning of what stands there (at most 200 characters), to recognise it by. */
  readonly excerpt: string
}

/** Some rows in file order, at most `batchRows` of them, and those that did not fit. */
export interface SourceBatch {
  /** Number of each row, as in `RejectedRow.row`; ascending. */
  readonly rowNumbers: Float64Array
  /** In the order of `SourceFile.columns`. */
  readonly columns: readonly ColumnValues[]
  readonly rejected: readonly RejectedRow[]
  /** Share of the file read when the batch ends, 0 to 1; monotone. */
  readonly fraction: number
}

/** Rows a batch holds at most. A batch's arrays are its own: the receiver may keep or transfer them. */
export const batchRows = 8192

/** A file or folder opened for reading. Opening reads headers only; every pass over `batches` starts at the first row. */
export interface SourceFile {
  readonly format: SourceFormat
  readonly columns: readonly SourceColumn[]
  /** Rows in all where the header says so, else null. */
  readonly rows: number | null
  /** Size on disk in bytes. */
  readonly bytes: number
  /** What was detected (delimiter, header, encoding ...), in the words of `ReadOptions`; empty where a format leaves nothing to detect. */
  readonly detected?: ReadOptions
  /** What a person should know before importing, e.g. "The file is cut short: 812 of 1,000 rows can be read." */
  readonly warnings: readonly string[]
  /**
   * All rows once, in file order, memory bounded whatever the file.
   *
   * @throws BenchError `bad-data` naming row and column where the file cannot be read on; `cancelled` when the signal is aborted
   */
  batches(signal?: AbortSignal): AsyncIterable<SourceBatch>
  /** Closes what opening has opened. */
  close(): Promise<void>
}

export const sourceFormats = [
  'delimited', 'json-lines', 'text', 'parquet', 'arrow', 'npy', 'npz', 'idx', 'cifar-10', 'image-folder', 'label-studio', 'doccano'
] as const
export type SourceFormat = (typeof sourceFormats)[number]
