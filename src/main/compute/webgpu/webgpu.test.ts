import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
/** A Vulkan driver that computes on the CPU, as Debian's Chromium brings it along with a loader. */
const softwareDriver = '/usr/lib/chromium/vk_swiftshader_icd.json'
const driver = process.env['VK_DRIVER_FILES'] === undefined && existsSync(softwareDriver) ? { VK_DRIVER_FILES: softwareDriver, LD_LIBRARY_PATH: dirname(softwareDriver) } : {}

/** Drivers are loaded into processes of their own: one that crashes must not take the test with it. */
async function inProcess(script: string, env: Record<string, string> = {}): Promise<unknown> {
  const source = `
    import * as tf from '@tensorflow/tfjs-core'
    import { useEngine } from ${JSON.stringify(join(root, 'src/main/compute/engine.ts'))}
    import { probeWebgpu } from ${JSON.stringify(join(root, 'src/main/compute/webgpu/webgpu.ts'))}
    const failure = (work) => { try { work(); return null } catch (error) { return error.payload ?? String(error) } }
    ${script}`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', source], { cwd: root, timeout: 25_000, env: { ...process.env, ...driver, ...env } })
  return JSON.parse(stdout) as unknown
}
const print = (expression: string): string => `console.log(JSON.stringify(${expression}))`

interface Probe {
  readonly available: boolean
  readonly automatic: boolean
  readonly device: string
  readonly reason: string | null
  readonly remedy: string | null
}
const probe = (await inProcess(print('await probeWebgpu()'))) as Probe

it('says why it is not available where there is no driver, and what to do', async () => {
  const without = (await inProcess(print('await probeWebgpu()'), { VK_DRIVER_FILES: '/nowhere.json', VK_ICD_FILENAMES: '/nowhere.json' })) as Probe
  expect(without).toMatchObject({ available: false, automatic: false })
  expect(without.reason).toMatch(/^No GPU .*\.$|^WebGPU does not load .*/)
  expect(without.remedy).toContain('WebAssembly')
})

describe.skipIf(!probe.available)(`the WebGPU engine${probe.available ? ` on ${probe.device}` : ` (${probe.reason ?? ''})`}`, () => {
  it('never lets a driver that computes on the CPU be chosen by itself', () => {
    expect(probe.automatic).toBe(!probe.device.includes('software'))
    expect(probe.reason).toBeNull()
  })

  it('reads in the middle of synchronous code, and later too', async () => {
    const script = `
      const engine = await useEngine('webgpu')
      const x = tf.tensor2d([1, 2, 3, 4], [2, 2])
      const product = tf.matMul(x, x)
      const now = [...product.dataSync()]
      const later = [...(await tf.add(product, 1).data())]
      const sums = []
      for (let i = 0; i < 50; i++) sums.push(tf.tidy(() => tf.sum(tf.mul(product, i)).dataSync()[0]))
      ${print('[engine.id, now, later, sums]')}`
    expect(await inProcess(script)).toEqual(['webgpu', [7, 10, 15, 22], [8, 11, 16, 23], Array.from({ length: 50 }, (_, i) => 54 * i)])
  })

  it('copies the array a tensor is made from, and gives copies out', async () => {
    const script = `
      await useEngine('webgpu')
      const values = new Float32Array([1, 2, 3])
      const x = tf.tensor1d(values)
      values.fill(9)
      const sum = tf.sum(x)
      x.dataSync().fill(7)
      ${print('[...x.dataSync(), ...sum.dataSync()]')}`
    expect(await inProcess(script)).toEqual([1, 2, 3, 6])
  })

  it('refuses what is beyond its memory before the driver is asked, and goes on', async () => {
    const script = `
      await useEngine('webgpu')
      const side = 512
      const x = tf.fill([side, 1], 1)
      const kept = []
      const refused = failure(() => { for (let i = 0; i < 8; i++) kept.push(tf.matMul(x, x, false, true)) })
      const made = kept.length
      tf.dispose(kept)
      // What was given back is there again, however often.
      const again = failure(() => { for (let i = 0; i < 12; i++) tf.tidy(() => tf.matMul(x, tf.fill([1, side + i], 1)).shape) })
      ${print('[refused, made, again, [...tf.add(tf.tensor1d([1]), 1).dataSync()]]')}`
    const [refused, made, again, sum] = (await inProcess(script, { WEAKBENCH_GPU_MEMORY: '4' })) as [{ code: string; message: string; hint: string }, number, unknown, number[]]
    expect(refused).toMatchObject({ code: 'out-of-memory', message: expect.stringMatching(/^The GPU's memory does not suffice: 1 MiB more .* of 4 MiB in use\.$/) as string })
    expect(refused.hint).toContain('WEAKBENCH_GPU_MEMORY')
    expect(made).toBe(3)
    expect(again).toBeNull()
    expect(sum).toEqual([2])
  })

  it('says so when the device is lost', async () => {
    const script = `
      await useEngine('webgpu')
      const x = tf.fill([4], 2)
      const before = [...tf.square(x).dataSync()]
      tf.backend().device.destroy()
      ${print("[before, failure(() => tf.add(x, 3).dataSync())]")}`
    expect(await inProcess(script)).toMatchObject([[4, 4, 4, 4], { code: 'device-lost', hint: expect.stringContaining('checkpoint') as string }])
  })

  // A driver that lies, made of one that does not: what it says passes through JavaScript on its way to the bench.
  const lying = (lie: string): string => `
    const dawn = await import(${JSON.stringify(join(root, 'src/main/compute/webgpu/dawn.ts'))})
    const adapter = await (await dawn.loadDawn()).create([]).requestAdapter({})
    ${lie}
    ${print('await probeWebgpu()')}
    process.exit()`

  it('is unavailable where a driver claims limits that its device then refuses', async () => {
    const probed = await inProcess(lying(`
      const adapters = Object.getPrototypeOf(adapter)
      const { requestDevice } = adapters
      adapters.requestDevice = function ({ requiredLimits, ...rest }) {
        return requestDevice.call(this, { ...rest, requiredLimits: { ...requiredLimits, maxBufferSize: 2 ** 50 } })
      }`))
    expect(probed).toMatchObject({ available: false, automatic: false, reason: expect.stringMatching(/^The GPU .+ does not start: Required limit .* is greater than the supported limit/) as string, remedy: expect.stringMatching(/^Update its driver\. Use the WebAssembly/) as string })
  })

  it('is unavailable where a driver gives back other numbers than it was given', async () => {
    const probed = await inProcess(lying(`
      const { getMappedRange } = GPUBuffer.prototype
      GPUBuffer.prototype.getMappedRange = function (...range) { return getMappedRange.apply(this, range).slice(0) }`))
    expect(probed).toMatchObject({ available: false, reason: expect.stringMatching(/ gives back other numbers than it was given\.$/) as string, remedy: expect.stringMatching(/^Update its driver\./) as string })
  })

  it('says so where a driver runs out of the memory it claimed to have, and where it refuses what it claimed to take', async () => {
    const script = (size: string): string => `
      await useEngine('webgpu')
      const x = tf.fill([4], 2)
      tf.square(x).dataSync()
      const { device } = tf.backend()
      // Past the bench's own check, as a driver's wrong word would lead it.
      for (let i = 0; i < 512; i++) device.createBuffer({ size: ${size}, usage: GPUBufferUsage.STORAGE })
      ${print('failure(() => tf.add(x, 3).dataSync())')}
      process.exit()`
    const [full, refused] = await Promise.all([inProcess(script('device.limits.maxBufferSize')), inProcess(script('2 * device.limits.maxBufferSize'))])
    expect(full).toMatchObject({ code: 'out-of-memory', message: 'The GPU ran out of memory, though its driver claimed to have enough.', hint: expect.stringContaining('WEAKBENCH_GPU_MEMORY') as string })
    expect(refused).toMatchObject({ code: 'engine-unavailable', message: 'The GPU refused an operation.', hint: expect.stringContaining('another engine') as string })
  })

  it('gives the same bits twice, long inner dimensions and gathers of repeated rows included', async () => {
    const script = `
      await useEngine('webgpu')
      const a = tf.randomNormal([24, 4096], 0, 1, 'float32', 1), b = tf.randomNormal([4096, 24], 0, 1, 'float32', 2)
      const table = tf.randomNormal([5, 8], 0, 1, 'float32', 3), ids = tf.tensor1d(Int32Array.from({ length: 400 }, (_, i) => (i * i) % 5), 'int32')
      const weights = tf.randomNormal([400, 8], 0, 1, 'float32', 4)
      const once = () => [...tf.matMul(a, b).dataSync(), ...tf.grad((t) => tf.sum(tf.mul(tf.gather(t, ids), weights)))(table).dataSync()].join()
      const first = once()
      const same = Array.from({ length: 5 }, once).every((each) => each === first)
      const ofBoth = [tf.unsortedSegmentSum(tf.tensor1d([1, 2, 3], 'int32'), tf.tensor1d([0, 2, 7], 'int32'), 3), tf.unsortedSegmentSum(tf.tensor1d([0.5, 2, 3]), tf.tensor1d([1, -1, 1], 'int32'), 3)]
      ${print('[same, ...ofBoth.map((sums) => [...sums.dataSync()])]')}`
    expect(await inProcess(script)).toEqual([true, [1, 0, 2], [0, 3.5, 0]])
  })

  it('agrees with the reference engine and with finite differences: gradients, kernels, losses, optimizers and models', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'weakbench-webgpu-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const files = ['src/main/compute/gradients', 'src/main/compute/kernels', 'src/main/compute/wasm/kernels.test.ts', 'src/main/learn/losses.test.ts', 'src/main/learn/optimizers.test.ts', 'src/main/learn/contrastive.test.ts', 'src/main/learn/weak-to-strong.test.ts', 'src/main/learn/models']
    // Models by the reference's gradients alone: finite differences through them take minutes on a driver of the CPU.
    const args = ['node_modules/vitest/vitest.mjs', 'run', ...files, '-t', 'on webgpu (?!that|: same)|of webgpu|webgpu as on the reference', '--testTimeout', '60000', '--reporter', 'json', '--outputFile', join(folder, 'report.json')]
    const env = { ...process.env, ...driver, WEAKBENCH_TEST_ENGINES: 'webgpu,cpu' }
    // A test that fails makes the process fail; the report says which.
    await promisify(execFile)(process.execPath, args, { cwd: root, env, maxBuffer: 2 ** 26 }).catch(() => undefined)
    const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as { numPassedTests: number; testResults: { assertionResults: { status: string; fullName: string; failureMessages: string[] }[] }[] }
    const failed = report.testResults.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status === 'failed')
    expect(failed.map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages[0] ?? ''}`)).toEqual([])
    expect(report.numPassedTests).toBeGreaterThan(120)
  }, 240_000)
})
