import { createWriteStream } from 'node:fs'
import { rename, rm, stat, writeFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as v from 'valibot'
import { BenchError } from '../../shared/contract/errors.ts'
import { exportArrays, exportContents, exportFormats } from '../../shared/domain/export.ts'
import { FilterSchema } from '../../shared/domain/filter.ts'
import { ExportTable } from '../datasets/exporting/export-table.ts'
import { sidecarOf, sidecarPath } from '../datasets/exporting/sidecar.ts'
import { exportChunks } from '../datasets/exporting/export-formats.ts'
import { BenchViewData } from '../datasets/view/bench-view-data.ts'
import { View } from '../datasets/view/view-page.ts'
import type { JobContext } from './job-context.ts'

const Input = v.object({
  datasetId: v.string(),
  sourceId: v.nullable(v.string()),
  filter: FilterSchema,
  path: v.string(),
  format: v.picklist(exportFormats),
  contents: v.array(v.picklist(exportContents)),
  /** NPY alone: which array. */
  array: v.optional(v.picklist(exportArrays), 'features'),
  sourceIds: v.array(v.string())
})

/**
 * Writes a data set, or what a filter matches of it, to a file. It grows under another name and gets its own at the end, so that
 * a cancelled export leaves what was there before. Beside it goes a small JSON file with classes, colours, keys and roles, by which
 * an import finds everything as it was.
 */
export async function exportFile(context: JobContext): Promise<{ readonly rows: number; readonly path: string }> {
  const input = v.parse(Input, context.input)
  const dataset = context.bench.datasets.get(input.datasetId)
  if (dataset === undefined) throw new BenchError('not-found', `There is no data set ${input.datasetId}.`)
  const view = new View(input.filter, null, new BenchViewData(context.bench, dataset, input.sourceId))
  const rows = view.rowsAt(0, dataset.count)
  const table = new ExportTable(context.bench, dataset, rows, input.contents, input.sourceIds, input.format)
  const partial = `${input.path}.partial`
  const partialSidecar = sidecarPath(partial)
  try {
    await pipeline(
      Readable.from(
        exportChunks(input.format, table, input.array, async (done) => {
          context.progress(done, rows.length, 'rows', 'writing rows')
          await context.breathe()
        })
      ),
      createWriteStream(partial)
    )
    const sidecar = table.hasColumns && input.format !== 'npy' ? sidecarOf(dataset, table, input.format, (await stat(partial)).size) : null
    if (sidecar !== null) await writeFile(partialSidecar, `${JSON.stringify(sidecar, null, 2)}\n`)
    await rename(partial, input.path)
    // One of an earlier export of this name would speak of another file.
    if (sidecar === null) await rm(sidecarPath(input.path), { force: true })
    else await rename(partialSidecar, sidecarPath(input.path))
  } catch (error) {
    await rm(partial, { force: true })
    await rm(partialSidecar, { force: true })
    throw unwritable(input.path, error) ?? error
  }
  context.progress(rows.length, rows.length, 'rows', 'exported')
  return { rows: rows.length, path: input.path }
}

/** What the file system refuses, in a sentence. */
function unwritable(path: string, error: unknown): BenchError | undefined {
  const code = (error as NodeJS.ErrnoException | null)?.code
  const why = code === undefined ? undefined : ({ EACCES: 'may not be written', EPERM: 'may not be written', ENOENT: 'is in a folder that does not exist', EISDIR: 'is a folder', ENOSPC: 'does not fit on the disk', EROFS: 'is on a read-only disk' } as Readonly<Record<string, string>>)[code]
  return why === undefined ? undefined : new BenchError('invalid-input', `${path} ${why}.`, { field: 'path', hint: 'Choose another place.', details: String(error) }, error)
}
