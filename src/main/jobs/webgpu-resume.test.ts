import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { nextEngine } from '../../shared/contract/engine-failure.ts'
import { resultsOf } from '../hosts/testing/experiment-results.ts'
import { benchWithSample, quickConfig, TestCore, until } from '../hosts/testing/test-core.ts'
import { temporaryFolder } from '../store/fixtures/temporary-folder.ts'

/** A Vulkan driver that computes on the CPU, as Debian's Chromium brings it along with a loader; workers inherit the way to it. */
const softwareDriver = '/usr/lib/chromium/vk_swiftshader_icd.json'
const before = { ...process.env }
if (before['VK_DRIVER_FILES'] === undefined && existsSync(softwareDriver)) Object.assign(process.env, { VK_DRIVER_FILES: softwareDriver, LD_LIBRARY_PATH: dirname(softwareDriver) })
afterEach(() => {
  delete process.env['WEAKBENCH_GPU_MEMORY']
})
afterAll(() => {
  process.env = before
})
const present = existsSync(process.env['VK_DRIVER_FILES'] ?? '')

const config = { ...quickConfig, engine: 'webgpu' as const, studentLevel: 2, pretrainingSteps: 30, headSteps: 12 }

async function start(): Promise<{ core: TestCore; id: string }> {
  const folder = temporaryFolder()
  const core = await TestCore.open(folder, { benchPath: await benchWithSample(folder), limits: { checkpointInterval: 1 } })
  return { core, id: (await core.call('experiments.start-weak-to-strong', { config })).id }
}

test.skipIf(!present)(`a worker killed on WebGPU goes on to the same bits, on the same engine or not at all${present ? '' : ' (no Vulkan driver here)'}`, async () => {
  const whole = await start()
  expect(await whole.core.settled(whole.id)).toMatchObject({ status: 'done' })
  const wanted = whole.core.inspect((bench) => resultsOf(bench, whole.id))

  const { core, id } = await start()
  const job = await until('some steps', async () => (await core.call('jobs.list', {})).find((each) => each.experimentId === id && each.progress.fraction > 0.2))
  await core.killWorker(job.id)
  await until('its end', async () => (await core.job(job.id)).status === 'failed')

  // The driver is gone: the job says so, and does not go on elsewhere.
  const driver = process.env['VK_DRIVER_FILES']
  process.env['VK_DRIVER_FILES'] = '/nowhere.json'
  await core.call('jobs.resume', { jobId: job.id })
  const refused = await until('a refusal', async () => (await core.job(job.id)).attempts === 2 && (await core.job(job.id)).status === 'failed' && core.job(job.id))
  expect(refused.error).toMatchObject({ code: 'engine-unavailable', field: 'engine', message: expect.stringMatching(/^No GPU/) as string })

  process.env['VK_DRIVER_FILES'] = driver
  await core.call('jobs.resume', { jobId: job.id })
  expect(await core.settled(id)).toMatchObject({ status: 'done' })
  expect(core.inspect((bench) => resultsOf(bench, id))).toEqual(wanted)
}, 120_000)

test.skipIf(!present)(`a job beyond the memory of WebGPU fails with a remedy, and another engine is offered${present ? '' : ' (no Vulkan driver here)'}`, async () => {
  process.env['WEAKBENCH_GPU_MEMORY'] = '1'
  const { core, id } = await start()
  expect(await core.settled(id)).toMatchObject({ status: 'failed' })
  const [job] = (await core.call('jobs.list', {})).filter((each) => each.experimentId === id)
  expect(job?.error).toMatchObject({ code: 'out-of-memory', engine: 'webgpu', message: expect.stringMatching(/^The GPU's memory does not suffice: .*\.$/) as string, hint: expect.stringContaining('another engine') as string })
  const offered = nextEngine(await core.call('engines.list', {}), 'webgpu')
  expect(offered?.id).toMatch(/^(tensorflow|wasm)$/)
}, 60_000)
