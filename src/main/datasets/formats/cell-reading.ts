import type { DelimitedColumnType } from './delimited-columns.ts'
import type { ByteEncoding } from './text-encoding.ts'

/** How cells become values. */
export interface CellReading {
  readonly names: readonly string[]
  readonly types: readonly DelimitedColumnType[]
  readonly encoding: ByteEncoding
  readonly quote: string | null
  readonly decimal: '.' | ','
  readonly missing: ReadonlySet<string>
  /** Undoes the apostrophe that the writer puts before texts a spreadsheet would run as formulas. */
  readonly neutralised: boolean
  /** Bytes of one cell. */
  readonly cellBytes: number
}
