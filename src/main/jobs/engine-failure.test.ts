import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { engineAtFault, nameOnEngine, nextEngine } from '../../shared/contract/engine-failure.ts'
import type { EngineInfo } from '../../shared/domain/engine.ts'
import type { Experiment } from '../../shared/domain/experiment.ts'
import type { Job } from '../../shared/domain/job.ts'
import { packageVersion } from '../compute/tensorflow/binding.ts'
import { nodeFork } from '../hosts/node-fork.ts'
import { benchWithSample, quickConfig, TestCore } from '../hosts/testing/test-core.ts'
import { temporaryFolder } from '../store/fixtures/temporary-folder.ts'
import { runEngineTask } from './engine-task.ts'

const cacheBefore = process.env['XDG_CACHE_HOME']
afterEach(() => {
  if (cacheBefore === undefined) delete process.env['XDG_CACHE_HOME']
  else process.env['XDG_CACHE_HOME'] = cacheBefore
})

/** A core whose caches, with TensorFlow in them, are what `prepare` puts into their folder; workers inherit the way to it. */
async function coreWith(prepare: (tensorflow: string) => void): Promise<TestCore> {
  const folder = temporaryFolder()
  process.env['XDG_CACHE_HOME'] = folder
  prepare(join(folder, 'weakbench', 'tensorflow'))
  return TestCore.open(folder, { benchPath: await benchWithSample(folder) })
}

/** An installation that is whole by its description, of a library that no loader takes. */
function putDamaged(folder: string): void {
  const put = (path: string, content: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  const { platform, arch } = process
  put('current.json', JSON.stringify({ folder: 'made' }))
  put('made/setup.json', JSON.stringify({ format: 1, tensorflow: '2.21.0', build: 'cpu', bindingSources: packageVersion(), platform, arch, binding: 'a.node', libraries: [], cuda: {}, device: 'CPU, 2 threads', noGpu: 'This is the build for the CPU.' }))
  put('made/a.node', 'no library')
}

/** Starts the experiment on TensorFlow and waits for its failure. */
async function failOnTensorflow(core: TestCore): Promise<{ readonly experiment: Experiment; readonly job: Job; readonly engines: readonly EngineInfo[] }> {
  const { id, jobIds } = await core.call('experiments.start-weak-to-strong', { name: 'Parity', config: { ...quickConfig, engine: 'tensorflow' } })
  const experiment = await core.settled(id)
  return { experiment, job: await core.job(jobIds[0] ?? ''), engines: await core.call('engines.list', {}) }
}

it.skipIf(process.platform === 'darwin').each<[string, (folder: string) => void, boolean, RegExp, RegExp]>([
  ['is not set up', () => undefined, false, /^TensorFlow is not set up on this machine\.$/, /npm run setup:tensorflow/],
  ['has a library that does not load', putDamaged, true, /^TensorFlow's library does not load on this machine: .+/, /npm run setup:tensorflow -- --force/]
])('an experiment on TensorFlow where it %s fails with a remedy; on the next engine it succeeds', { timeout: 90_000 }, async (_how, prepare, isListed, message, hint) => {
  const core = await coreWith(prepare)
  const { experiment, job, engines } = await failOnTensorflow(core)
  expect(experiment.status).toBe('failed')
  expect(job).toMatchObject({ status: 'failed', resumable: true, error: { code: 'engine-unavailable', engine: 'tensorflow', message: expect.stringMatching(message) as string, hint: expect.stringMatching(hint) as string } })
  expect(engines.find(({ id }) => id === 'tensorflow')?.available).toBe(isListed)

  const failed = job.error && engineAtFault(job.error)
  // What drivers this machine has must not matter here.
  const next = nextEngine(engines.filter(({ id }) => id !== 'webgpu'), failed ?? 'cpu')
  expect([failed, next?.id]).toEqual(['tensorflow', 'wasm'])
  const again = await core.call('experiments.start-weak-to-strong', { name: nameOnEngine(experiment.name, 'wasm'), config: { ...experiment.config, seeds: [...experiment.config.seeds], engine: 'wasm' } })
  expect(await core.settled(again.id)).toMatchObject({ name: 'Parity on wasm', status: 'done' })
  expect(await core.call('experiments.get', { experimentId: experiment.id })).toEqual(experiment)
})

it('a library that does not load is not what auto takes', { timeout: 90_000 }, async () => {
  const core = await coreWith(putDamaged)
  const measured = await core.call('engines.measure', {})
  expect(measured.find(({ id }) => id === 'tensorflow')?.measurement).toMatchObject({ millisecondsPerStep: null, failure: expect.stringMatching(/^TensorFlow's library does not load/) as string })
  expect(measured.find(({ isDefault }) => isDefault)?.id).not.toBe('tensorflow')
})

it('a model beyond memory is refused by its worker in one sentence', async () => {
  const task = { kind: 'measure', engine: 'wasm', model: { widths: [2_000_000, 2_000_000], batch: 1 } } as const
  const refused = await runEngineTask(nodeFork(), task, 25_000).catch((error: unknown) => error)
  expect(refused).toMatchObject({ payload: { code: 'out-of-memory', message: expect.stringMatching(/^[^\n]+ not suffice[^\n]+\.$/) as string, hint: expect.stringContaining('smaller') as string } })
})
