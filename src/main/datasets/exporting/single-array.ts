import { BenchError } from '../../../shared/contract/errors.ts'
import type { Dataset, LabelSource } from '../../../shared/domain/dataset.ts'
import type { ExportArray } from '../../../shared/domain/export.ts'
import { npyChunks } from '../formats/npy-writer.ts'
import type { ExportTable } from './export-table.ts'

/** The data set, which must have features. Throws `invalid-input` for texts. */
export function requireArray({ dataset }: ExportTable): Dataset {
  if (dataset.kind === 'text') throw new BenchError('invalid-input', `"${dataset.name}" holds texts, which have no array to write.`, { field: 'format', hint: 'Export as CSV, JSON Lines or Parquet.' })
  return dataset
}

/**
 * One array as NPY, a row an example: the features as they are; the labels of a source as int32 class positions, -1 where there is none;
 * its soft labels as float32, a column a class position, NaN where there are none; or splits as int32 positions in
 * none, pretrain, teacher, student, test, -1 where a row is not pinned.
 *
 * @throws BenchError `invalid-input` for a data set or source that has no such array
 */
export function singleArray(table: ExportTable, array: ExportArray, progress: (done: number) => Promise<void>): AsyncIterable<Uint8Array> {
  const { rows } = table
  switch (array) {
    case 'features':
      return npyChunks(requireArray(table).dtype, [rows.length, ...table.dataset.shape], table.features(progress))
    case 'labels': {
      const labels = table.labelsOf(sourceOf(table))
      return npyChunks('int32', [rows.length], [rows.map((row) => labels[row] ?? -1)])
    }
    case 'soft-labels': {
      const source = sourceOf(table)
      const soft = table.softOf(source)
      if (soft === undefined) throw new BenchError('invalid-input', `"${source.name}" has no soft labels.`, { field: 'sourceIds', hint: 'Choose a label model or a model, or export its labels.' })
      const { classes, probabilities } = soft
      const chosen = new Float32Array(rows.length * classes)
      rows.forEach((row, place) => chosen.set(probabilities.subarray(row * classes, (row + 1) * classes), place * classes))
      return npyChunks('float32', [rows.length, classes], [chosen])
    }
    case 'split': {
      const pinned = table.pinned()
      return npyChunks('int32', [rows.length], [rows.map((row) => pinned[row] ?? -1)])
    }
  }
}

function sourceOf({ sources, dataset }: ExportTable): LabelSource {
  const [first] = sources
  if (first === undefined) throw new BenchError('invalid-input', `"${dataset.name}" has no label source to write.`, { field: 'sourceIds', hint: 'Label some examples first.' })
  return first
}
