import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { useEngine } from '../engine.ts'
import { type Allocator, refuseBeyondMemory } from './allocator.ts'

/** The product of a column and a row of ones. */
const outer = (side: number): tf.Tensor2D => tf.tidy(() => tf.matMul(tf.ones<tf.Rank.R2>([side, 1]), tf.ones<tf.Rank.R2>([1, side])))
const refusal = { payload: { code: 'out-of-memory', message: expect.stringMatching(/^The memory of the WebAssembly engine does not suffice: .*\.$/) as string, hint: expect.stringContaining('smaller') as string } }

describe('what the memory of WebAssembly does not suffice for', () => {
  beforeAll(async () => {
    await useEngine('wasm')
  })

  it('is refused where it is more than 32 bits address, and nothing is overwritten', () => {
    const before = tf.tensor1d([1, 2, 3])
    const sum = tf.add(before, 1)
    // 6.4 GB, whose lower 32 bits alone ask for 2.1 GB.
    expect(() => outer(40_000)).toThrow(expect.objectContaining(refusal) as Error)
    expect([...before.dataSync(), ...sum.dataSync(), ...tf.add(sum, 1).dataSync()]).toEqual([1, 2, 3, 2, 3, 4, 3, 4, 5])
  })

  it('is refused where the rest is taken, leaves no tensors behind, and fits once room is made', () => {
    const { wasm } = tf.backend() as unknown as { readonly wasm: Allocator }
    const { numTensors } = tf.memory()
    // Claimed and never written, so that the system has not to provide it.
    const held = wasm._malloc(3.8 * 2 ** 30)
    expect(() => outer(10_000)).toThrow(expect.objectContaining(refusal) as Error)
    expect(tf.memory().numTensors).toBe(numTensors)
    wasm._free(held)
    const fits = outer(1000)
    expect(tf.sum(fits).dataSync()[0]).toBe(1e6)
  })
})

describe('an allocator', () => {
  /** One that puts another function in its place when it is first called, as Emscripten's does. */
  function made(answer: number): Allocator & { readonly asked: number[] } {
    const asked: number[] = []
    const allocator: Allocator & { readonly asked: number[] } = {
      asked,
      _free: () => undefined,
      _malloc: (bytes) => {
        allocator._malloc = (size) => (asked.push(size), size === 8 ? 8 : answer)
        return allocator._malloc(bytes)
      }
    }
    return allocator
  }

  it('answers as before where there is memory, and with nothing for nothing', () => {
    const [allocator, empty] = [made(64), made(0)]
    refuseBeyondMemory(allocator)
    refuseBeyondMemory(empty)
    expect([allocator._malloc(12), allocator._malloc(16), empty._malloc(0)]).toEqual([64, 64, 0])
    expect(() => empty._malloc(12)).toThrow('1 MiB more')
  })

  it('is not asked for sizes it cannot read', () => {
    const allocator = made(64)
    refuseBeyondMemory(allocator)
    expect(() => allocator._malloc(2 ** 32 + 8)).toThrow('4.0 GiB more')
    expect(allocator.asked).toEqual([8])
  })
})
