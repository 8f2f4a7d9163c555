import type { ExportArray, ExportFormat } from '../../../shared/domain/export.ts'
import { writeDelimited } from '../formats/delimited-writer.ts'
import { writeDoccano } from '../formats/doccano.ts'
import { writeLabelStudio } from '../formats/label-studio.ts'
import { textWidth } from '../formats/npy-writer.ts'
import { type NpzWriteArray, npzChunks } from '../formats/npz-writer.ts'
import { parquetChunks } from '../formats/parquet-writer.ts'
import { annotatedRows } from './annotated-export.ts'
import type { ExportTable } from './export-table.ts'
import { featureArray } from './file-names.ts'
import { writeJsonLines } from './json-rows-writer.ts'
import { requireArray, singleArray } from './single-array.ts'

type Progress = (done: number) => Promise<void>

const writers: Readonly<Record<Exclude<ExportFormat, 'npy'>, (table: ExportTable, progress: Progress) => AsyncIterable<string | Uint8Array>>> = {
  csv: (table, progress) => writeDelimited(table.columns.map(({ column }) => column), table.batches(progress)),
  'json-lines': writeJsonLines,
  parquet: (table, progress) => parquetChunks(table.columns.map(({ column }) => column), table.batches(progress)),
  npz: (table, progress) => npzChunks(arraysOf(table, progress), { deflate: true }),
  'label-studio': (table, progress) => writeLabelStudio(annotatedRows(table, progress)),
  doccano: (table, progress) => writeDoccano(annotatedRows(table, progress))
}

/** The features as `X`; each other column that is asked for under its own name, texts (class names, splits) as texts of a fixed width. */
function arraysOf(table: ExportTable, progress: Progress): readonly NpzWriteArray[] {
  const { dtype, shape } = requireArray(table)
  const rows = table.rows.length
  const others = table.columns.filter(({ column, role }) => column.type !== 'array' && role !== 'feature')
  return [
    { name: featureArray, type: dtype, shape: [rows, ...shape], parts: () => table.features(progress) },
    ...others.map((each): NpzWriteArray => {
      const column = each.valuesOf(table.rows)
      if (column.type === 'number') return { name: each.column.name, type: 'float64', shape: [rows], parts: () => [column.values] }
      const texts = column.type === 'text' ? column.values.map((value) => value ?? '') : []
      return { name: each.column.name, type: { text: textWidth(texts) }, shape: [rows], parts: () => [texts] }
    })
  ]
}

/** The file's content in the format, piece by piece. NPY holds one array, NPZ the features and what was asked for beside them. */
export const exportChunks = (format: ExportFormat, table: ExportTable, array: ExportArray, progress: Progress): AsyncIterable<string | Uint8Array> =>
  format === 'npy' ? singleArray(table, array, progress) : writers[format](table, progress)
