import { badData } from './bad-data.ts'
import { AnnotatedColumns, type AnnotatedRow } from './annotated-rows.ts'
import { jsonReading, type OpenJsonOptions } from './json-lines.ts'
import { jsonBatches, jsonFileRows, type ReadRow, type RowOf } from './json-source.ts'
import type { JsonObject } from './json-value.ts'
import type { SourceFile, SourceFormat } from './source-file.ts'
import { probeText } from './text-bytes.ts'

/** Limits and encoding of an annotation tool's file. */
export interface OpenAnnotatedOptions extends Omit<OpenJsonOptions, 'types' | 'unknownFields'> {
  /** Whether every annotator has columns, also where no example has several labels. */
  readonly everyone?: boolean
}

/**
 * Opens the export of an annotation tool. Its annotators become columns, so that opening reads the file once.
 *
 * @throws BenchError `not-found`; `bad-data` where no row is one of the tool's
 */
export async function openAnnotated(path: string, format: SourceFormat, rowOf: RowOf<AnnotatedRow>, options: OpenAnnotatedOptions): Promise<SourceFile> {
  const probe = await probeText(path)
  const reading = await jsonReading(probe, options)
  const found = new AnnotatedColumns()
  let fault = 'it is empty.'
  for await (const read of jsonFileRows(probe, reading, rowOf)) {
    const tooMany = read.row === null ? null : found.see(read.row)
    if (read.row === null) fault = read.fault
    if (tooMany !== null) throw badData(probe.name, tooMany, { field: `line ${read.place.line ?? 0}`, hint: 'Each would take columns of its own. Import the file in parts, or as JSON Lines.' })
  }
  if (found.rows === 0) throw badData(probe.name, `no row of the file is an example with its annotations: ${fault}`, { field: 'row 1', hint: 'Export it as JSON from the annotation tool, or import it as JSON Lines.' })
  const layout = found.layout(options.everyone)
  return {
    format,
    columns: layout.columns,
    rows: null,
    bytes: probe.size,
    warnings: layout.warnings,
    batches: (signal) => jsonBatches(laidOut(jsonFileRows(probe, { ...reading, signal }, rowOf), layout.rowOf), layout.columns, true, signal),
    close: () => Promise.resolve()
  }
}

/**
 * Reads the export of an annotation tool row by row, with every label as it was given.
 *
 * @throws BenchError `bad-data` naming the line of the first row that cannot be read
 */
export async function* readAnnotated(path: string, rowOf: RowOf<AnnotatedRow>, options: OpenAnnotatedOptions): AsyncGenerator<AnnotatedRow> {
  const probe = await probeText(path)
  for await (const { row, fault, place } of jsonFileRows(probe, await jsonReading(probe, options), rowOf)) {
    if (row === null) throw badData(probe.name, fault, { field: `line ${place.line ?? 0}` })
    yield row
  }
}

async function* laidOut(rows: AsyncIterable<ReadRow<AnnotatedRow>>, rowOf: (row: AnnotatedRow) => JsonObject): AsyncGenerator<ReadRow<JsonObject>> {
  for await (const read of rows) yield { ...read, row: read.row === null ? null : rowOf(read.row) }
}
