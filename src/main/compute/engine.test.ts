import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { BenchError } from '../../shared/contract/errors.ts'
import { listEngines, useEngine } from './engine.ts'
import { fusesMultiplyAdd, hasWasmSimd } from './simd.ts'
import { probeTensorflow } from './tensorflow/tensorflow.ts'
import { noWebgpu } from './webgpu/webgpu.ts'

const engineFile = fileURLToPath(new URL('./engine.ts', import.meta.url))
const withoutSimd = { hasSimd: () => false }
/** A machine on which TensorFlow is not set up, whatever is here. */
const plain = { hasSimd: hasWasmSimd, tensorflow: () => probeTensorflow('/nowhere'), webgpu: () => Promise.resolve(noWebgpu('There is no GPU.', 'Install one.')) }

/** Runs a script in a fresh Node process: the WebAssembly backend starts once a process. */
async function inFreshProcess(script: string): Promise<{ stdout: string; stderr: string }> {
  const source = `import * as tf from '@tensorflow/tfjs-core'\nimport { useEngine } from ${JSON.stringify(engineFile)}\n${script}`
  return promisify(execFile)(process.execPath, ['--input-type=module', '--eval', source], { timeout: 20_000 })
}

describe('engines', () => {
  it('lists four, with a reason and a remedy for what this version does not run', async () => {
    const engines = await listEngines(plain)
    expect(engines.map(({ id, available }) => [id, available])).toEqual([
      ['tensorflow', false],
      ['webgpu', false],
      ['wasm', true],
      ['cpu', true]
    ])
    for (const { available, reason, remedy } of engines) {
      expect(reason === null).toBe(available)
      expect(remedy === null).toBe(available)
    }
    expect(engines.filter(({ automatic }) => automatic).map(({ id }) => id)).toEqual(['wasm'])
    expect(engines.filter(({ isDefault }) => isDefault).map(({ id }) => id)).toEqual(['wasm'])
  })

  it('selects WebAssembly by default and switches to another', async () => {
    const wasm = await useEngine('auto')
    expect(wasm.id).toBe('wasm')
    expect(tf.getBackend()).toBe('wasm')
    expect(wasm.describe()).toBe(`WebAssembly 4.22.0 (CPU, ${fusesMultiplyAdd() ? 'relaxed ' : ''}SIMD)`)
    const kept = tf.tensor1d([1, 2, 3])
    expect((await useEngine('cpu')).id).toBe('cpu')
    expect([...tf.add(kept, 1).dataSync()]).toEqual([2, 3, 4])
    await useEngine('wasm')
    expect([...tf.mul(kept, 2).dataSync()]).toEqual([2, 4, 6])
  })

  it.each(['tensorflow', 'webgpu'] as const)('refuses %s with a typed error', async (id) => {
    const refused = await useEngine(id, plain).then(
      () => null,
      (error: unknown) => error
    )
    expect(refused).toBeInstanceOf(BenchError)
    expect(refused).toMatchObject({ payload: { code: 'engine-unavailable', field: 'engine' } })
  })

  it('finds SIMD in this process, and says in the device when a machine lacks it', async () => {
    expect(hasWasmSimd()).toBe(true)
    const wasm = (await listEngines(withoutSimd)).find(({ id }) => id === 'wasm')
    expect(wasm).toMatchObject({ available: true, device: 'CPU, no SIMD (several times slower)' })
  })

  it('computes without SIMD, on the plain binary', async () => {
    const { stdout, stderr } = await inFreshProcess(`
      const engine = await useEngine('auto', { hasSimd: () => false })
      const product = tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2]), false, true)
      console.log(JSON.stringify([engine.device, tf.env().get('WASM_HAS_SIMD_SUPPORT'), [...product.dataSync()]]))
    `)
    expect(JSON.parse(stdout)).toEqual(['CPU, no SIMD (several times slower)', false, [17, 23, 39, 53]])
    expect(stderr).toBe('')
  })

  it('trains with relaxed, plain and no SIMD to the same numbers, each named in the device', async () => {
    const devices = []
    const losses: number[][] = []
    for (const probe of ['undefined', '{ hasSimd: () => true }', '{ hasSimd: () => false }']) {
      const { stdout } = await inFreshProcess(`
        const engine = await useEngine('wasm', ${probe})
        const x = tf.tensor4d(Float32Array.from({ length: 192 }, (_, i) => Math.sin(i)), [2, 8, 6, 2])
        const filter = tf.tensor4d(Float32Array.from({ length: 90 }, (_, i) => Math.cos(i)), [3, 3, 2, 5])
        const pooled = (x, filter) => tf.maxPool(tf.relu(tf.conv2d(x, filter, 1, 'same')), 2, 2, 'valid')
        const head = tf.tensor2d(Float32Array.from({ length: 180 }, (_, i) => 0.1 * Math.sin(2 * i)), [60, 3])
        const chances = (x, filter) => tf.softmax(tf.matMul(tf.reshape(pooled(x, filter), [2, -1]), head))
        const loss = (x, filter) => tf.sum(tf.slice(chances(x, filter), [0, 0], [2, 1]))
        console.log(JSON.stringify([engine.device, [loss(x, filter), ...tf.grads(loss)([x, filter])].flatMap((t) => [...t.dataSync()])]))
      `)
      const [device, values] = JSON.parse(stdout) as [string, number[]]
      devices.push(device)
      losses.push(values)
    }
    expect(devices).toEqual([`CPU, ${fusesMultiplyAdd() ? 'relaxed ' : ''}SIMD`, 'CPU, SIMD', 'CPU, no SIMD (several times slower)'])
    const [relaxed, plain, none] = losses as [number[], number[], number[]]
    const scale = Math.max(...none.map(Math.abs))
    none.forEach((value, i) => {
      for (const values of [relaxed, plain]) expect(Math.abs((values[i] as number) - value)).toBeLessThan(1e-4 * scale)
    })
  })

  it('prints nothing and leaves no handlers behind', async () => {
    const { stdout, stderr } = await inFreshProcess(`
      const count = () => process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection')
      for (const id of ['cpu', 'wasm', 'cpu', 'auto']) await useEngine(id)
      tf.conv2d(tf.ones([1, 4, 4, 1]), tf.ones([2, 2, 1, 1]), 1, 'same').dataSync()
      process.exitCode = count()
    `)
    expect([stdout, stderr]).toEqual(['', ''])
  })
})
