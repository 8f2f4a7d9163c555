import { resolve } from 'node:path'
import { BenchError } from '../../shared/contract/errors.ts'
import type { Dataset } from '../../shared/domain/dataset.ts'
import { type ExportContent, exportContents, type ExportFormat } from '../../shared/domain/export.ts'
import { everything } from '../../shared/domain/filter.ts'
import { type ColumnMapping, type ImportFormat, type ImportReport, type ImportRole, importRoles, type ReadOptions } from '../../shared/domain/import.ts'
import { type CliCore, withCore } from './cli-core.ts'
import { followAll, followJob } from './cli-job.ts'
import type { CliOutput } from './cli-output.ts'
import type { GlobalOptions } from './cli-options.ts'
import { plainTable } from './cli-table.ts'

export interface ImportOptions extends GlobalOptions {
  readonly name?: string
  readonly format?: ImportFormat
  /** NAME=ROLE each. */
  readonly column?: readonly string[]
  readonly badShare?: number
  readonly options: ReadOptions
}

/** `weakbench import FILE` */
export async function importCommand(file: string, { bench, name, format, column, badShare, options }: ImportOptions, output: CliOutput): Promise<void> {
  const path = resolve(file)
  await withCore(bench, 'create', async (core) => {
    const before = new Set((await core.call('datasets.list', {})).map(({ id }) => id))
    const { jobId } = await core.call('imports.start', {
      path,
      name: name ?? nameOf(path),
      options,
      ...(format === undefined ? {} : { format }),
      columns: column === undefined ? null : column.map(mappingOf),
      ...(badShare === undefined ? {} : { badShare })
    })
    await followJob(core, jobId, output)
    const dataset = (await core.call('datasets.list', {})).find(({ id }) => !before.has(id))
    if (dataset === undefined) throw new BenchError('internal', 'The data set was imported and is not in the bench file.')
    await followAll(core, output)
    const report = (await core.call('datasets.report', { datasetId: dataset.id, kind: 'import' })) as ImportReport
    const columns = await core.call('datasets.columns', { datasetId: dataset.id })
    const { rows } = await core.call('datasets.quarantine', { datasetId: dataset.id, offset: 0, limit: 20 })
    const value = { dataset: dataset.id, name: dataset.name, kind: dataset.kind, ...report, columns: columns.map(({ name: title, type, role }) => ({ name: title, type, role })), classes: dataset.classes.map((each) => each.name), quarantine: rows, bench: core.benchPath }
    await output.result(value, importText(dataset, report, rows.map(({ row, column: at, reason }) => [String(row), at ?? '', reason]), core.benchPath))
  })
}

const nameOf = (path: string): string => path.split('/').at(-1)?.replace(/(\.[A-Za-z0-9]+)(\.gz)?$/, '') || 'Imported data'

/** `price=feature` as a column mapping; the name may hold `=` itself. */
function mappingOf(text: string): ColumnMapping {
  const at = text.lastIndexOf('=')
  const role = text.slice(at + 1)
  const [wanted = '', type] = role.split(':')
  if (at <= 0 || !importRoles.some((known) => known === wanted) || (type !== undefined && type !== 'number' && type !== 'text')) {
    throw new BenchError('invalid-input', `--column ${text} is not NAME=ROLE.`, { field: 'column', hint: `Roles are ${importRoles.join(', ')}; add :number or :text to settle the type.` })
  }
  return { name: text.slice(0, at), role: wanted as ImportRole, ...(type === undefined ? {} : { type }) }
}

function importText(dataset: Dataset, report: ImportReport, bad: readonly (readonly string[])[], benchPath: string): string {
  const lines = [`${dataset.name}: ${report.rows.toLocaleString('en')} rows in ${report.seconds.toFixed(1)} s (${Math.round(report.rows / report.seconds).toLocaleString('en')} rows/s), stored in ${benchPath}.`]
  lines.push(...report.warnings)
  if (report.rejected > 0) lines.push(`${report.rejected.toLocaleString('en')} rows do not fit and were left out${report.rejected > bad.length ? `; the first ${bad.length}` : ''}:`, plainTable(['row', 'column', 'reason'], bad))
  return lines.join('\n')
}

export interface ExportOptions extends GlobalOptions {
  readonly dataset: string
  readonly format?: ExportFormat
  readonly contents?: readonly ExportContent[]
}

const formatOfName: readonly (readonly [RegExp, ExportFormat])[] = [
  [/\.csv$/i, 'csv'],
  [/\.(jsonl|ndjson)$/i, 'json-lines'],
  [/\.parquet$/i, 'parquet'],
  [/\.npy$/i, 'npy'],
  [/\.npz$/i, 'npz']
]

/** `weakbench export FILE --dataset D` */
export async function exportCommand(file: string, { bench, dataset: wanted, format, contents }: ExportOptions, output: CliOutput): Promise<void> {
  const path = resolve(file)
  const known = format ?? formatOfName.find(([pattern]) => pattern.test(path))?.[1]
  if (known === undefined) throw new BenchError('invalid-input', `The name ${file} does not say the format.`, { field: 'format', hint: 'Add --format csv, json-lines, parquet, npy, npz, label-studio or doccano.' })
  await withCore(bench, 'change', async (core) => {
    const dataset = await findDataset(core, wanted)
    const { jobId } = await core.call('exports.start', { datasetId: dataset.id, sourceId: null, filter: everything, path, format: known, contents: contents === undefined ? exportContents.slice(0, 3) : [...contents] })
    await followJob(core, jobId, output)
    await output.result({ dataset: dataset.id, rows: dataset.count, path, format: known }, `Wrote ${dataset.count.toLocaleString('en')} rows of ${dataset.name} to ${path}.`)
  })
}

/** The data set of this id or name. */
export async function findDataset(core: CliCore, wanted: string): Promise<Dataset> {
  const all = await core.call('datasets.list', {})
  const found = all.filter(({ id, name }) => id === wanted || name === wanted)
  const [only] = found
  if (only !== undefined && found.length === 1) return only
  const names = all.map(({ name }) => `"${name}"`).join(', ')
  throw new BenchError('not-found', found.length === 0 ? `There is no data set "${wanted}".` : `${found.length} data sets are called "${wanted}".`, {
    field: 'dataset',
    hint: found.length === 0 ? (all.length === 0 ? 'Import one first: weakbench import FILE.' : `There are ${names}.`) : `Give the id: ${found.map(({ id }) => id).join(', ')}.`
  })
}
