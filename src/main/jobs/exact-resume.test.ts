import { expect, test } from 'vitest'
import { resultsOf } from '../hosts/testing/experiment-results.ts'
import { KillableCore } from '../hosts/testing/killable-core.ts'
import { benchWithSample, isAlive, pause, TestCore, until } from '../hosts/testing/test-core.ts'
import { stream } from '../learn/random.ts'
import { openBench } from '../store/bench.ts'
import { temporaryFolder } from '../store/fixtures/temporary-folder.ts'

const config = { pretrainingSteps: 30, headSteps: 280, studentLevel: 3, seeds: [0] }
/** Only so that a hang ends: all of it takes half a minute on a free machine, several minutes on a crowded one. */
const patience = 120_000
const limits = { workers: 1, checkpointInterval: 25 }

/**
 * Progress at which to kill, by ascending share of the steps: the first are within contrastive pretraining, then bodies,
 * then heads. News of progress is up to 0.2 s old, so the last share leaves time enough on a fast machine.
 */
function killMoments(): readonly number[] {
  const random = stream(20, 'kills')
  const between = (count: number, low: number, high: number): number[] => Array.from({ length: count }, () => low + random.uniform() * (high - low))
  return [...between(2, 0, 0.025), ...between(4, 0.03, 0.08), ...between(16, 0.08, 0.7)].sort((a, b) => a - b)
}

test('an experiment killed at 22 random moments ends with the same bits as one that was left alone', { timeout: 4 * patience }, async () => {
  const referenceFolder = temporaryFolder()
  const undisturbed = await TestCore.open(referenceFolder, { benchPath: await benchWithSample(referenceFolder), limits })
  const { id: referenceId } = await undisturbed.call('experiments.start-weak-to-strong', { config })
  expect((await undisturbed.settled(referenceId)).status).toBe('done')
  const reference = undisturbed.inspect((bench) => resultsOf(bench, referenceId))
  await undisturbed.close()
  expect(Object.keys(reference)).toHaveLength(10)

  const path = await benchWithSample(temporaryFolder())
  const random = stream(21, 'kills')
  const firstProgress: number[] = []
  let core = await KillableCore.open(path, limits)
  const { id: experimentId, jobIds } = await core.call('experiments.start-weak-to-strong', { config })
  const jobId = jobIds[0] ?? ''
  const jobNow = () => core.jobs.get(jobId)
  let killedMains = 0
  for (const moment of killMoments()) {
    const attempt = firstProgress.length + 1
    const ofAttempt = () => core.reported.filter((report) => report.attempt === attempt)
    await until(`attempt ${attempt} at ${moment}`, () => (ofAttempt().at(-1)?.fraction ?? -1) >= moment || jobNow()?.status === 'done', patience)
    firstProgress.push(ofAttempt()[0]?.fraction ?? 0)
    await pause(random.integer(40))
    expect(jobNow()?.status, 'the job must not be done before all kills').toBe('running')
    const worker = jobNow()?.pid
    if (typeof worker !== 'number') throw new Error('A running job has a process.')
    if (random.bernoulli(0.35)) {
      killedMains++
      await core.kill()
      await until('the end of the worker without its main', () => !isAlive(worker), patience)
      core = await KillableCore.open(path, limits)
      expect((await core.call('bench.info', {})).interrupted).toBe(1)
    } else {
      process.kill(worker, 'SIGKILL')
      await until('the failure', () => jobNow()?.status === 'failed', patience)
      expect(jobNow()?.error?.code).toBe('worker-died')
    }
    await core.call('experiments.resume', { experimentId })
  }
  await until('the last attempt', () => jobNow()?.status === 'done', patience)
  const log = await core.call('jobs.log', { jobId })
  await core.close()

  const bench = openBench(path, { readOnly: true })
  const results = resultsOf(bench, experimentId)
  const problems = bench.check()
  bench.close()
  expect(results).toEqual(reference)
  expect(problems).toEqual([])
  expect(jobNow()?.attempts).toBe(killMoments().length + 1)
  expect(killedMains).toBeGreaterThan(3)
  expect(killedMains).toBeLessThan(killMoments().length - 3)
  // It went on, each time from where it had got to, instead of beginning again.
  expect(firstProgress).toEqual(firstProgress.toSorted((a, b) => a - b))
  expect(firstProgress.at(-1)).toBeGreaterThan(0.5)
  expect(log.filter((line) => line.message.startsWith('Continues from a checkpoint')).length).toBeGreaterThan(15)
})
