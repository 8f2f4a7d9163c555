import { expect, test } from 'vitest'
import { addDataset, addRun, temporaryBench, weakToStrongDefaults } from './fixtures/sample-bench.ts'
import type { Bench } from './bench.ts'

/** Every SQL text that the repositories prepare while `work` runs. */
function statementsOf(bench: Bench, work: () => void): readonly string[] {
  const { raw } = bench.connection
  const texts: string[] = []
  const prepare = raw.prepare.bind(raw)
  raw.prepare = ((text: string) => {
    texts.push(text)
    return prepare(text)
  })
  try {
    work()
  } finally {
    raw.prepare = prepare
  }
  return texts
}

const planOf = (bench: Bench, sql: string): string[] =>
  bench.connection.raw
    .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...Array.from({ length: sql.split('?').length - 1 }, () => null))
    .map((row) => row.detail)

/** Tables that grow to 1e5 and more rows: reading all of one is never what a query of the repositories means. */
const large = ['label', 'l', 'label_in_force', 'f', 'metric', 'metric_series', 'feature_chunk', 'job_log', 'journal', 'run', 'job', 'split_assignment']

test('no query reads a large table from end to end', () => {
  const bench = temporaryBench()
  const dataset = addDataset(bench)
  const experiment = bench.experiments.insert('weak-to-strong', 'one', weakToStrongDefaults)
  const run = addRun(bench, experiment.id)
  const texts = statementsOf(bench, () => {
    const source = bench.labels.ensureSource(dataset.id, 'given', 'given')
    bench.labels.append(source.id, [1], [1])
    bench.labels.sources(dataset.id)
    bench.labels.source(source.id)
    bench.labels.current(source.id, 10)
    bench.labels.currentOf(source.id, [1])
    bench.labels.history(dataset.id, 1)
    bench.datasets.features(dataset, [1])
    bench.splits.pinned(dataset.id, 10)
    bench.runs.appendMetrics(run.id, [{ name: 'loss', steps: Int32Array.of(1), values: Float64Array.of(1) }])
    bench.runs.metrics([run.id], undefined, 16)
    bench.runs.list()
    bench.runs.list({ experimentId: experiment.id })
    bench.runs.list({ jobId: run.jobId ?? '' })
    bench.runs.list({ status: ['running'] })
    bench.runs.endUnfinished(run.jobId ?? '', 'failed', null)
    bench.experiments.list()
    bench.jobs.list()
    bench.jobs.withStatus('queued')
    bench.jobs.ofExperiment(experiment.id)
    bench.jobs.log(run.jobId ?? '', 0)
    bench.jobs.appendLog(run.jobId ?? '', 'info', 'a')
    bench.journal.append('a', '', '')
    bench.journal.state()
    bench.journal.list(5)
  })
  const scans = texts.flatMap((sql) =>
    planOf(bench, sql)
      // In the order of an index with a limit, or along the index of what is shown, every row read is one that is asked for.
      .filter((detail) => detail.startsWith('SCAN') && large.includes(detail.split(' ')[1] ?? '') && !/USING INDEX (run_by_age|job_by_age)$/.test(detail) && !(detail === 'SCAN journal' && sql.includes('LIMIT')))
      .map((detail) => `${detail}: ${sql}`)
  )
  expect(texts.length).toBeGreaterThan(25)
  expect(scans).toEqual([])
  const sorts = texts.filter((sql) => /FROM (run|job|metric|label_in_force) /.test(sql) && !sql.includes('FROM label_source s WHERE s.dataset_id') && planOf(bench, sql).some((detail) => detail.includes('TEMP B-TREE')))
  expect(sorts.filter((sql) => !sql.includes('json_each') && !sql.includes('job_id = ?'))).toEqual([])
})
