import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InputOf, OutputOf, ProcedureName, Procedures } from '../../src/shared/contract/index.ts'
import { type Core, openCore } from '../../src/main/api/core.ts'
import { nodeFork } from '../../src/main/hosts/node-fork.ts'
import { describeMachine, type Machine } from '../compute/machine.ts'
import { writeTable } from './table-file.ts'

interface Options {
  readonly rows: number
  readonly python: string
  readonly json: boolean
}

/** Calls that a view makes, in milliseconds: the first of a kind, and the median of those after it. */
interface Latency {
  readonly name: string
  readonly first: number
  readonly median: number
}

const peer = `
import json, sqlite3, sys, time
import pandas
began = time.perf_counter()
frame = pandas.read_csv(sys.argv[1])
read = time.perf_counter()
frame.to_sql('data', sqlite3.connect(sys.argv[2]), index=False)
print(json.dumps({'version': pandas.__version__, 'readSeconds': read - began, 'seconds': time.perf_counter() - began}))
`

/** `npm run -s benchmark -- data`: import of a table, beside pandas where it is installed, and how long main takes to answer views of it. */
export async function data({ rows, python, json }: Options): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'weakbench-data-'))
  try {
    const table = join(folder, 'table.csv')
    await writeTable(table, rows)
    const pandas = askPandas(python, table, join(folder, 'pandas.sqlite'))
    const host = { kind: 'node', nativeDialogs: false, documents: folder, chooseBench: () => Promise.resolve(null), chooseFile: () => Promise.resolve(null) } as const
    const core = await openCore({ benchPath: join(folder, 'bench.weakbench'), fork: nodeFork(), host, stateFolder: folder })
    try {
      const began = performance.now()
      await untilDone(core, (await call(core, 'imports.start', { path: table, name: 'Table' })).jobId)
      const seconds = (performance.now() - began) / 1000
      await untilIdle(core)
      const latencies = await measureViews(core)
      const result = { benchmark: 'data', machine: describeMachine(), rows, import: { seconds, rowsPerSecond: rows / seconds }, pandas, ratio: pandas === null ? null : pandas.seconds / seconds, latencies }
      console.log(json ? JSON.stringify(result) : report(result))
    } finally {
      await core.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function askPandas(python: string, table: string, database: string): { readonly version: string; readonly readSeconds: number; readonly seconds: number } | null {
  const { status, stdout } = spawnSync(python, ['-c', peer, table, database], { encoding: 'utf8' })
  return status === 0 ? (JSON.parse(stdout) as { version: string; readSeconds: number; seconds: number }) : null
}

async function measureViews(core: Core): Promise<readonly Latency[]> {
  const [dataset] = await call(core, 'datasets.list', {})
  const datasetId = dataset?.id ?? ''
  const [given] = await call(core, 'datasets.sources', { datasetId })
  const sourceId = given?.id ?? null
  const sourceIds = sourceId === null ? [] : [sourceId]
  const columns = Array.from({ length: 10 }, (_, position) => position)
  // Another bound each time: nothing of the answer is kept from the call before.
  const filter = (bound: number): InputOf<Procedures['datasets.view']>['filter'] => ({ kind: 'and', parts: [{ kind: 'number', column: 'f1', comparison: '>', value: bound }, { kind: 'label', source: null, is: [1] }] })
  const views: readonly (readonly [string, (turn: number) => Promise<unknown>])[] = [
    ['first page, two conditions, sorted', (turn) => call(core, 'datasets.view', { datasetId, sourceId, filter: filter(turn / 10), sort: { by: 'column', column: 'f3', descending: true }, sourceIds, columns, features: false })],
    ['page far down the same view', (turn) => call(core, 'datasets.view', { datasetId, sourceId, filter: filter(0), sort: { by: 'column', column: 'f3', descending: true }, offset: 5000 + 200 * turn, sourceIds, columns, features: false })],
    ['full-text search', (turn) => call(core, 'datasets.view', { datasetId, sourceId, filter: { kind: 'search', query: `note ${turn}*` }, sourceIds, columns, features: false })],
    ['label one example', (turn) => call(core, 'datasets.set-labels', { datasetId, rows: [turn], label: turn % 3 })],
    ['next of the annotation queue', (turn) => call(core, 'annotation.queue', { datasetId, filter: { kind: 'and', parts: [] }, annotator: 'me', order: 'random', seed: turn, limit: 200 })]
  ]
  const latencies: Latency[] = []
  for (const [name, ask] of views) {
    const times: number[] = []
    for (let turn = 0; turn < 8; turn++) {
      const began = performance.now()
      await ask(turn)
      times.push(performance.now() - began)
    }
    const [first = 0, ...later] = times
    latencies.push({ name, first, median: later.toSorted((a, b) => a - b)[3] ?? 0 })
  }
  return latencies
}

async function call<P extends ProcedureName>(core: Core, procedure: P, input: InputOf<Procedures[P]>): Promise<OutputOf<Procedures[P]>> {
  const reply = await core.dispatch(procedure, input, { signal: new AbortController().signal, clientId: 'benchmark' })
  if (!reply.ok) throw new Error(`${procedure}: ${reply.error.message}`)
  return reply.value as OutputOf<Procedures[P]>
}

async function untilDone(core: Core, jobId: string): Promise<void> {
  for (;;) {
    const job = (await call(core, 'jobs.list', {})).find(({ id }) => id === jobId)
    if (job?.status === 'done') return
    if (job?.status === 'failed') throw new Error(job.error?.message)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

async function untilIdle(core: Core): Promise<void> {
  while ((await call(core, 'jobs.list', {})).some(({ status }) => status === 'queued' || status === 'running')) await new Promise((resolve) => setTimeout(resolve, 100))
}

interface Result {
  readonly machine: Machine
  readonly rows: number
  readonly import: { readonly seconds: number; readonly rowsPerSecond: number }
  readonly pandas: { readonly version: string; readonly readSeconds: number; readonly seconds: number } | null
  readonly ratio: number | null
  readonly latencies: readonly Latency[]
}

function report({ machine, rows, import: imported, pandas, ratio, latencies }: Result): string {
  const whole = (value: number): string => Math.round(value).toLocaleString('en')
  return [
    `${machine.processor}, ${machine.cores} cores; ${whole(rows)} rows x 11 columns`,
    `import ${imported.seconds.toFixed(2)} s (${whole(imported.rowsPerSecond)} rows/s)`,
    pandas === null ? 'pandas is not installed: name a Python that has it with --python' : `pandas ${pandas.version}: read_csv ${pandas.readSeconds.toFixed(2)} s, with to_sql ${pandas.seconds.toFixed(2)} s; ${ratio?.toFixed(1)} times the import`,
    ...latencies.map(({ name, first, median }) => `${name}: first ${first.toFixed(1)} ms, then ${median.toFixed(1)} ms`)
  ].join('\n')
}
