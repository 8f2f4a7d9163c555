import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import type { ExportArray } from '../../../shared/domain/export.ts'
import { addDataset, temporaryBench } from '../../store/fixtures/sample-bench.ts'
import { temporaryFolder } from '../../store/fixtures/temporary-folder.ts'
import { openNpy } from '../formats/npy.ts'
import { exportChunks } from './export-formats.ts'
import { ExportTable } from './export-table.ts'

test('each array of a data set is written as NPY and read again as it was', async () => {
  const bench = temporaryBench()
  const dataset = addDataset(bench)
  const given = bench.labels.ensureSource(dataset.id, 'given', 'given')
  const model = bench.labels.ensureSource(dataset.id, 'aggregate', 'votes')
  bench.labels.append(given.id, [0, 2], [1, 0])
  const soft = Float32Array.from({ length: 2 * dataset.count }, (_, index) => index / 100)
  bench.labels.setSoft(model.id, 0, 2, soft)
  bench.splits.set(dataset.id, [1], ['test'])
  const rows = Int32Array.of(2, 1, 0)
  const folder = temporaryFolder()
  const written = async (array: ExportArray, sourceId: string): Promise<{ shape: readonly number[] | undefined; values: ArrayLike<unknown> }> => {
    const path = join(folder, `${array}.npy`)
    await pipeline(Readable.from(exportChunks('npy', new ExportTable(bench, dataset, rows, ['examples'], [sourceId]), array, () => Promise.resolve())), createWriteStream(path))
    const file = await openNpy(path)
    for await (const batch of file.batches(new AbortController().signal)) {
      await file.close()
      return { shape: file.columns[0]?.shape, values: batch.columns[0]?.values ?? [] }
    }
    throw new Error('nothing was read')
  }
  expect((await written('features', given.id)).values).toEqual(bench.datasets.features(dataset, rows))
  expect((await written('labels', given.id)).values).toEqual(Float64Array.of(0, -1, 1))
  expect(await written('soft-labels', model.id)).toEqual({ shape: [2], values: Float32Array.of(soft[4]!, soft[5]!, soft[2]!, soft[3]!, soft[0]!, soft[1]!) })
  expect((await written('split', given.id)).values).toEqual(Float64Array.of(-1, 4, -1))
  await expect(written('soft-labels', given.id)).rejects.toThrow('"given" has no soft labels.')
})
