import { expect, test } from 'vitest'
import type { Run, RunStatus } from '../../../shared/domain/run.ts'
import type { TrainingArm } from '../../../shared/domain/training.ts'
import { summarizeTraining } from './training-summary.ts'

const arm = (name: string, role: TrainingArm['role']): TrainingArm => ({ name, role, labels: { from: 'source', sourceId: 'x', form: 'hard' }, rows: 'all', examples: 0, method: { name: 'cross-entropy', smoothing: 0 }, model: null })
const run = (name: string, seed: number, testAccuracy: number, status: RunStatus = 'done'): Run => ({
  id: `${name} ${seed}`, experimentId: 'e', jobId: `job ${seed}`, key: name, name, arm: name, role: 'single', seed, config: {}, datasetVersionId: null, engine: 'wasm', codeVersion: '', status,
  statusReason: null, parentId: null, summary: { testAccuracy, macroF1: testAccuracy, ece: 0.1, seconds: 2 }, tags: [], notes: '', createdAt: 0, startedAt: 0, endedAt: 0, deletedAt: null
})
const config = { arms: [arm('weak', 'teacher'), arm('strong', 'student'), arm('top', 'ceiling')] }

test('gains are paired with the first arm and the recovered gap is averaged over the seeds that have one', () => {
  const summary = summarizeTraining(config, [run('weak', 1, 0.6), run('strong', 1, 0.7), run('top', 1, 0.8), run('weak', 2, 0.7), run('strong', 2, 0.72), run('top', 2, 0.705), run('weak', 3, 0.5)])
  expect(summary?.seeds).toEqual([1, 2])
  const student = summary?.arms[1]
  expect(student?.accuracy.mean).toBeCloseTo(0.71, 12)
  expect(student?.gain?.mean).toBeCloseTo(0.06, 12)
  // Seed 2 has a gap of 0.005, less than the least that means anything.
  expect(student?.pgr).toMatchObject({ n: 1 })
  expect(student?.pgr?.mean).toBeCloseTo(0.5, 12)
  expect(summary?.arms[0]?.gain).toBeNull()
  expect(summary?.arms[2]?.pgr).toBeNull()
  expect(student?.seconds).toBe(4)
})

test('there is no summary before one seed is complete in every arm', () => {
  expect(summarizeTraining(config, [run('weak', 1, 0.6), run('strong', 1, 0.7, 'running'), run('top', 1, 0.8)])).toBeNull()
})
