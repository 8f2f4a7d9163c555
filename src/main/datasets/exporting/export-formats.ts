import { BenchError } from '../../../shared/contract/errors.ts'
import type { ExportFormat } from '../../../shared/domain/export.ts'
import { writeDelimited } from '../formats/delimited-writer.ts'
import { writeDoccano } from '../formats/doccano.ts'
import { writeLabelStudio } from '../formats/label-studio.ts'
import { npyChunks } from '../formats/npy-writer.ts'
import { parquetChunks } from '../formats/parquet-writer.ts'
import { annotatedRows } from './annotated-export.ts'
import type { ExportTable } from './export-table.ts'
import { writeJsonLines } from './json-rows-writer.ts'

type Progress = (done: number) => Promise<void>

const writers: Readonly<Record<ExportFormat, (table: ExportTable, progress: Progress) => AsyncIterable<string | Uint8Array>>> = {
  csv: (table, progress) => writeDelimited(table.columns.map(({ column }) => column), table.batches(progress)),
  'json-lines': writeJsonLines,
  parquet: (table, progress) => parquetChunks(table.columns.map(({ column }) => column), table.batches(progress)),
  npy: (table, progress) => {
    const { dataset } = table
    if (dataset.kind === 'text') throw new BenchError('invalid-input', `"${dataset.name}" holds texts, which have no array to write as NPY.`, { field: 'format', hint: 'Export as CSV, JSON Lines or Parquet.' })
    return npyChunks(dataset.dtype, [table.rows.length, ...dataset.shape], table.features(progress))
  },
  'label-studio': (table, progress) => writeLabelStudio(annotatedRows(table, progress)),
  doccano: (table, progress) => writeDoccano(annotatedRows(table, progress))
}

/** The file's content in the format, piece by piece. NPY holds the features alone; every other format what the table was asked for. */
export const exportChunks = (format: ExportFormat, table: ExportTable, progress: Progress): AsyncIterable<string | Uint8Array> => writers[format](table, progress)
