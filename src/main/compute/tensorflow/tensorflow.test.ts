import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { useEngine } from '../engine.ts'
import { withoutAllocationFailure } from '../allocation-failure.ts'
import { packageVersion } from './binding.ts'
import { findInstallation, type Installation } from './installation.ts'
import { probeTensorflow } from './tensorflow.ts'

const probe = await probeTensorflow()
const startFile = fileURLToPath(new URL('./tensorflow.ts', import.meta.url))
const engineFile = fileURLToPath(new URL('../engine.ts', import.meta.url))

// The gradients, kernels, losses, optimizers and models are tested on this engine beside the others, in their own tests.
describe.skipIf(!probe.available)(`the TensorFlow engine${probe.available ? '' : ' (not set up here: npm run setup:tensorflow)'}`, () => {
  beforeAll(async () => {
    await useEngine('tensorflow')
  })

  it('says what it runs on', async () => {
    const engine = await useEngine('tensorflow')
    expect(engine.describe()).toBe(`TensorFlow ${probe.version} (${probe.device})`)
    expect(tf.getBackend()).toBe('tensorflow')
  })

  it('keeps tensors made on other engines readable, and the other way round', async () => {
    const own = tf.tensor1d([1, 2])
    await useEngine('wasm')
    const other = tf.mul(own, 3)
    await useEngine('tensorflow')
    expect([...tf.add(other, own).dataSync()]).toEqual([4, 8])
  })

  it('copies the array a tensor is made from, before and after it is used', () => {
    const values = new Float32Array([1, 2, 3])
    const unused = tf.tensor1d(values)
    const used = tf.tensor1d(values)
    const sum = tf.sum(used)
    values.fill(9)
    expect([...unused.dataSync(), ...used.dataSync(), ...sum.dataSync()]).toEqual([1, 2, 3, 1, 2, 3, 6])
  })

  it('survives an operation that memory does not suffice for, and says so', () => {
    const side = 2 ** 22
    let said: unknown = null
    try {
      tf.tidy(() => tf.matMul(tf.ones([side, 1]), tf.ones([1, side])).dataSync())
    } catch (error) {
      said = withoutAllocationFailure(error)
    }
    expect(said).toMatchObject({ payload: { code: 'out-of-memory', hint: expect.stringContaining('smaller batch') as string } })
    expect([...tf.add(tf.tensor1d([1]), 1).dataSync()]).toEqual([2])
  })

  it('has a parametric ReLU without the methods that only the union package gives tensors', () => {
    expect([...tf.prelu(tf.tensor1d([-2, 3]), tf.tensor1d([0.5, 0.5])).dataSync()]).toEqual([-1, 3])
  })

  it('prints nothing and exits cleanly in a process of its own', async () => {
    const script = `
      import * as tf from '@tensorflow/tfjs-core'
      import { useEngine } from ${JSON.stringify(engineFile)}
      await useEngine('tensorflow')
      const x = tf.randomUniform([8, 8], 0, 1, 'float32', 1)
      tf.grad((y) => tf.sum(tf.softmax(tf.matMul(y, y))))(x).dataSync()
      tf.conv2d(tf.ones([1, 4, 4, 1]), tf.ones([2, 2, 1, 1]), 1, 'same').dataSync()`
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { timeout: 25_000 })
    expect([stdout, stderr]).toEqual(['', ''])
  })

  it.each<[string, Partial<Installation>, RegExp]>([
    ['another version than was set up', { tensorflow: '2.9.9' }, new RegExp(`^The library found is TensorFlow ${probe.version.replaceAll('.', '\\.')}, and version 2\\.9\\.9 was set up\\.$`)],
    ['no GPU where the setup had one', { noGpu: null, device: 'NVIDIA T4' }, /^TensorFlow was set up on NVIDIA T4 and finds no GPU now\.$/]
  ])('is refused where the library finds %s, with a remedy', async (_what, changes, why) => {
    const folder = describedAs(changes)
    const script = `
      import { startTensorflow } from ${JSON.stringify(startFile)}
      const refused = await startTensorflow(${JSON.stringify(folder)}).catch((error) => error.payload)
      console.log(JSON.stringify(refused))`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { timeout: 25_000, env: { ...process.env, CUDA_VISIBLE_DEVICES: '' } })
    expect(JSON.parse(stdout)).toMatchObject({ code: 'engine-unavailable', message: expect.stringMatching(why) as string, hint: expect.stringContaining('Run: npm run setup:tensorflow') as string })
  })
})

/** A folder of installations with the libraries of this machine's, under another description. */
function describedAs(changes: Partial<Installation>): string {
  const found = findInstallation(packageVersion() ?? '')
  if ('reason' in found) throw new Error(found.reason)
  const root = mkdtempSync(join(tmpdir(), 'weakbench-tensorflow-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const { folder, ...description } = found
  const made = join(root, 'made')
  mkdirSync(made)
  for (const part of ['build', 'deps']) symlinkSync(join(folder, part), join(made, part))
  writeFileSync(join(made, 'setup.json'), JSON.stringify({ ...description, ...changes }))
  writeFileSync(join(root, 'current.json'), JSON.stringify({ folder: 'made' }))
  return root
}
