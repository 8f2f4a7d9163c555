import { BenchError } from '../../shared/contract/errors.ts'
import type { Run, RunStatus } from '../../shared/domain/run.ts'
import { type CliCore, withCore } from './cli-core.ts'
import type { CliOutput } from './cli-output.ts'
import type { GlobalOptions } from './cli-options.ts'
import { plainTable } from './cli-table.ts'

/** How much of an id the list shows; enough to be unique among many thousand runs. */
const shownIdLength = 8
const pageSize = 10_000

interface ListOptions extends GlobalOptions {
  readonly experiment?: string
  readonly status?: RunStatus
  readonly limit: number
}

/** `weakbench runs list` */
export async function listRuns({ bench, experiment, status, limit }: ListOptions, output: CliOutput): Promise<void> {
  const runs = await withCore(bench, 'read', (core) =>
    core.call('runs.list', { limit, ...(experiment === undefined ? {} : { experimentId: experiment }), ...(status === undefined ? {} : { status: [status] }) })
  )
  await output.result(runs, runs.length === 0 ? 'There are no runs.' : runTable(runs))
}

/** `weakbench runs show ID` */
export async function showRun(id: string, { bench }: GlobalOptions, output: CliOutput): Promise<void> {
  const run = await withCore(bench, 'read', (core) => findRun(core, id))
  await output.result(run, description(run))
}

/** `weakbench runs delete ID...`: one entry of the journal, whatever the number of runs. */
export async function deleteRuns(ids: readonly string[], { bench }: GlobalOptions, output: CliOutput): Promise<void> {
  await withCore(bench, 'change', async (core) => {
    const found: Run[] = []
    for (const id of ids) found.push(await findRun(core, id))
    const runIds = [...new Set(found.map((run) => run.id))]
    const { undo } = await core.call('runs.set-deleted', { runIds, deleted: true })
    const what = runIds.length === 1 ? 'one run' : `${runIds.length} runs`
    await output.result({ deleted: runIds, undo: undo.title, bench: core.benchPath }, `Deleted ${what} in ${core.benchPath}. Edit > Undo in the window brings them back.`)
  })
}

/** The run with this id, or the only one whose id begins so. */
async function findRun(core: CliCore, id: string): Promise<Run> {
  if (!/^[\w-]{4,64}$/.test(id)) throw new BenchError('invalid-input', `"${id}" is not the id of a run.`, { field: 'id', hint: 'Give at least its first 4 characters, as `runs list` shows them.' })
  const matching: Run[] = []
  for (let offset = 0; ; offset += pageSize) {
    const page = await core.call('runs.list', { limit: pageSize, offset })
    matching.push(...page.filter((run) => run.id.startsWith(id)))
    if (page.length < pageSize) break
  }
  const [run, other] = matching
  if (run === undefined) throw new BenchError('not-found', `There is no run ${id} in ${core.benchPath}.`, { field: 'id', hint: '`runs list` shows the runs that are there.' })
  if (other !== undefined) throw new BenchError('conflict', `${matching.length} runs have ids that begin with ${id}.`, { field: 'id', hint: 'Give more of the id.' })
  return run
}

function runTable(runs: readonly Run[]): string {
  const rows = runs.map((run) => [
    run.id.slice(0, shownIdLength),
    run.name,
    run.arm,
    String(run.seed),
    run.status,
    run.summary['testAccuracy']?.toFixed(3) ?? '-',
    run.engine,
    moment(run.createdAt)
  ])
  return plainTable(['id', 'name', 'arm', 'seed', 'status', 'accuracy', 'engine', 'created'], rows, [3, 5])
}

function description(run: Run): string {
  const facts: readonly (readonly [string, string | null])[] = [
    ['id', run.id],
    ['name', run.name],
    ['experiment', run.experimentId],
    ['arm', run.arm],
    ['role', run.role],
    ['seed', String(run.seed)],
    ['status', [run.status, run.statusReason].filter(Boolean).join(': ')],
    ['engine', run.engine],
    ['data version', run.datasetVersionId],
    ['code version', run.codeVersion],
    ['taught by', run.parentId],
    ['created', moment(run.createdAt)],
    ['ended', run.endedAt === null ? null : moment(run.endedAt)],
    ['tags', run.tags.join(', ') || null],
    ['notes', run.notes || null]
  ]
  const blocks = [
    facts.flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
    Object.entries(run.summary).map(([name, value]) => [name, String(value)]),
    Object.entries(run.config).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)])
  ]
  const [about = [], results = [], config = []] = blocks
  const part = (title: string, rows: readonly (readonly string[])[]) => (rows.length === 0 ? [] : [`\n${title}`, plainTable([], rows)])
  return [plainTable([], about), ...part('Results', results), ...part('Configuration', config)].join('\n')
}

const moment = (time: number): string => new Date(time).toISOString().slice(0, 16).replace('T', ' ')
