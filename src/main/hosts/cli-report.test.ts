import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import type { Experiment } from '../../shared/domain/experiment.ts'
import type { Job } from '../../shared/domain/job.ts'
import type { Run } from '../../shared/domain/run.ts'
import { type MeanInterval, type StudentSummary, WeakToStrongConfig, type WeakToStrongSummary } from '../../shared/domain/weak-to-strong.ts'
import { ExperimentProgress } from './cli-progress.ts'
import { clock, progressLines } from './cli-progress-view.ts'
import { reportText, reportValue } from './cli-report.ts'

const interval = (mean: number, sd = 0.01): MeanInterval => ({ mean, sd, n: 3, lower: mean - 0.02, upper: mean + 0.02 })
const student = (name: StudentSummary['name'], pgr: MeanInterval | null): StudentSummary => ({
  name,
  accuracy: interval(0.8),
  pgr,
  agreement: interval(0.9),
  agreementOnErrors: interval(0.7),
  gain: interval(0.05),
  seconds: 12.34
})
const summary: WeakToStrongSummary = {
  engine: 'WebAssembly',
  seeds: [0, 1, 2],
  weak: interval(0.75),
  ceiling: interval(0.95),
  arms: [student('naive', interval(0.25)), student('confidence', null)],
  seedsWithoutGap: [2],
  claims: [{ claim: 'The naive student beats its teacher', difference: interval(0.05), verdict: 'holds' }]
}
const experiment: Experiment = {
  id: 'e1',
  kind: 'weak-to-strong',
  name: 'Digits',
  config: v.parse(WeakToStrongConfig, { seeds: [0, 1, 2] }),
  status: 'done',
  datasetVersionId: null,
  notes: '',
  createdAt: 0,
  endedAt: 1,
  deletedAt: null,
  runCount: 0,
  jobIds: ['j0', 'j1'],
  seconds: 83.21,
  summary
}
const job = (id: string, changes: Partial<Job> = {}): Job => ({
  id,
  kind: 'weak-to-strong-seed',
  name: `Digits · seed ${id.slice(1)}`,
  experimentId: 'e1',
  status: 'running',
  progress: { fraction: 0, message: 'teacher', rate: null, unit: 'steps', secondsLeft: null },
  error: null,
  attempts: 1,
  resumable: false,
  pid: null,
  createdAt: 0,
  startedAt: 0,
  endedAt: null,
  ...changes
})

describe('the report of the demo', () => {
  it('as JSON carries means, spreads and agreement, with null where PGR is undefined', () => {
    const value: unknown = JSON.parse(JSON.stringify(reportValue(experiment, summary, '/b.weakbench')))
    expect(value).toMatchObject({
      engine: 'WebAssembly',
      seconds: 83.2,
      seeds: [0, 1, 2],
      weak: { mean: 0.75, sd: 0.01 },
      ceiling: { mean: 0.95, sd: 0.01 },
      arms: [
        { name: 'naive', accuracy: { mean: 0.8, sd: 0.01 }, pgr: { mean: 0.25, sd: 0.01 }, agreement: 0.9 },
        { name: 'confidence', pgr: null }
      ],
      bench: '/b.weakbench'
    })
  })

  it('for people says the same, the claims in words, and how to open the file', () => {
    const text = reportText(experiment, summary, '/a bench/b.weakbench')
    expect(text).toMatch(/^naive +0\.800 ± 0\.010 +0\.250 ± 0\.010 +0\.900 +12\.3 +3$/m)
    expect(text).toMatch(/^confidence +0\.800 ± 0\.010 +undefined/m)
    expect(text).toMatch(/beats its teacher +holds +difference \+0\.050, 95% interval \+0\.030 to \+0\.070/)
    expect(text).toContain('leaves out the seeds 2')
    expect(text).toContain('npm start -- --bench "/a bench/b.weakbench"')
    expect(text).toContain('1 min 23 s')
  })

  it.each([
    [0.4, '0 s'],
    [59.4, '59 s'],
    [59.6, '1 min 00 s'],
    [125, '2 min 05 s']
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(clock(seconds)).toBe(text)
  })
})

describe('progress', () => {
  it('follows jobs and metrics of this experiment only', () => {
    const progress = new ExperimentProgress(experiment, [job('j0'), job('j1', { status: 'queued' })], 0)
    progress.takeRuns([{ id: 'r0', jobId: 'j0' } as Run])
    const series = [
      { name: 'loss', steps: Int32Array.of(1, 2), values: Float64Array.of(0.7, 0.6) },
      { name: 'trainAccuracy', steps: Int32Array.of(2), values: Float64Array.of(0.8) }
    ]
    progress.take([
      { topic: 'jobs.progress', payload: { jobs: [{ id: 'j0', progress: { fraction: 0.5, message: 'student', rate: 1, unit: 'steps', secondsLeft: 3 } }] } },
      { topic: 'jobs.progress', payload: { jobs: [{ id: 'of another', progress: { fraction: 1, message: '', rate: null, unit: '', secondsLeft: null } }] } },
      { topic: 'runs.metrics', payload: { runs: [{ runId: 'r0', series }, { runId: 'unknown', series }] } },
      { topic: 'jobs.changed', payload: { jobs: [job('x', { experimentId: 'another' })] } }
    ])
    expect(progress.jobs).toMatchObject([
      { id: 'j0', name: 'seed 0', fraction: 0.5, message: 'student', loss: 0.6, accuracy: 0.8 },
      { id: 'j1', status: 'queued', loss: null }
    ])
    expect(progress.fraction).toBe(0.25)
    expect(progress.secondsLeft(10_000)).toBe(30)
  })

  it('counts a finished job whole, and leaves out an import that had ended before', () => {
    const earlier = job('i', { kind: 'import-sample', experimentId: null, status: 'done' })
    const progress = new ExperimentProgress(experiment, [earlier, job('j0'), job('j1')], 0)
    expect(progress.jobs.map(({ id }) => id)).toEqual(['j0', 'j1'])
    progress.take([{ topic: 'jobs.changed', payload: { jobs: [job('j0', { status: 'done' })] } }])
    expect(progress.fraction).toBe(0.5)
  })

  it('without a terminal tells the end of each job once', () => {
    const said: string[] = []
    const progress = new ExperimentProgress(experiment, [job('j0'), job('j1')])
    const view = progressLines(progress, (text) => said.push(text))
    view.update()
    expect(said).toEqual([])
    progress.take([{ topic: 'jobs.changed', payload: { jobs: [job('j0', { status: 'failed' })] } }])
    view.update()
    view.stop()
    expect(said).toEqual([expect.stringMatching(/^seed 0: failed, \d+ s$/)])
  })
})
