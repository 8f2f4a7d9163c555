import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { plainModule } from '../plain-module.ts'
import { ThreadPool } from './pool.ts'
import type { Calls } from './pool.ts'
import { withSharedMemory } from './shared-memory.ts'

/** Bytes of scratch memory that products of so few columns need, and more. */
const scratchStep = 65_536 * 6
const scratchAt = 65_536 * 12
const side = 192

let memory: WebAssembly.Memory
let pool: ThreadPool

beforeEach(() => {
  memory = new WebAssembly.Memory({ initial: 64, maximum: 65_536, shared: true })
  const module = new WebAssembly.Module(withSharedMemory(Buffer.from(plainModule, 'base64')))
  pool = new ThreadPool(module, memory, new WebAssembly.Instance(module, { env: { memory, logarithm: Math.log } }).exports)
  numbers(0, side * side).forEach((_, i, all) => (all[i] = Math.sin(i)))
})

afterEach(() => pool.close())

const numbers = (at: number, count: number): Float32Array => new Float32Array(memory.buffer, at, count)

/** The square of the matrix at 0, of some of its rows each. */
function rowsOfSquare(to: number, parts: number): Calls {
  const rows = side / parts
  return Array.from({ length: parts }, (_, i) => {
    const at = 4 * i * rows * side
    return [at, 0, to + at, scratchAt, rows, side, side, side, 1, side, 1, side, 0]
  })
}

/** Whether a thread has used the scratch memory that is its own. */
const hasWorked = (index: number): boolean => numbers(scratchAt + index * scratchStep, scratchStep / 4).some((value) => value !== 0)

async function runUntil(isDone: () => boolean, run: () => void): Promise<void> {
  const end = performance.now() + 20_000
  while (!isDone() && performance.now() < end) {
    run()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('a pool of threads', () => {
  it('makes calls in several threads, each with scratch memory of its own, to the same bits as one', async () => {
    const [alone, together] = [65_536 * 4, 65_536 * 8]
    pool.run('multiply', rowsOfSquare(alone, 1), 1, 3, scratchStep)
    expect(hasWorked(1) || hasWorked(2)).toBe(false)
    await runUntil(
      () => hasWorked(1) && hasWorked(2),
      () => {
        numbers(together, side * side).fill(0)
        pool.run('multiply', rowsOfSquare(together, 16), 3, 3, scratchStep)
        expect(numbers(together, side * side)).toEqual(numbers(alone, side * side))
      }
    )
    expect([hasWorked(1), hasWorked(2), hasWorked(3)]).toEqual([true, true, false])
  })

  it('uses no more threads than it may at the time', async () => {
    await runUntil(() => hasWorked(2), () => pool.run('multiply', rowsOfSquare(65_536 * 8, 16), 3, 3, scratchStep))
    expect(hasWorked(2)).toBe(true)
    numbers(scratchAt, scratchStep * 3 / 4).fill(0)
    for (let i = 0; i < 50; i++) pool.run('multiply', rowsOfSquare(65_536 * 8, 16), 1, 3, scratchStep)
    expect([1, 2].some(hasWorked)).toBe(false)
  })

  it('sees memory that has grown since the threads started', async () => {
    await runUntil(() => hasWorked(1), () => pool.run('multiply', rowsOfSquare(65_536 * 8, 16), 2, 3, scratchStep))
    const start = memory.buffer.byteLength
    for (let i = 0; i < 20; i++) {
      const at = memory.buffer.byteLength
      memory.grow(4)
      numbers(at, 65_536).fill(NaN)
      // One of the kernels that clears memory, which by its instruction is checked against the size a thread knows.
      pool.run('sumOfRows', Array.from({ length: 64 }, (_, part) => [0, at + 4096 * part, 0, 1024]), 2, -1, 0)
      expect(numbers(at, 65_536).every((value) => value === 0)).toBe(true)
    }
    expect(memory.buffer.byteLength).toBe(start + 20 * 4 * 65_536)
  })

  it('throws when a call does, whichever thread makes it, and goes on to work', async () => {
    const outside = Array.from({ length: 16 }, () => [0, 2 ** 31, 1, 1024])
    for (let i = 0; i < 100; i++) expect(() => pool.run('sumOfRows', outside, 2, -1, 0)).toThrow()
    await runUntil(
      () => hasWorked(1),
      () => {
        expect(() => pool.run('sumOfRows', outside, 2, -1, 0)).toThrow()
        pool.run('multiply', rowsOfSquare(65_536 * 8, 16), 2, 3, scratchStep)
      }
    )
    expect(hasWorked(1)).toBe(true)
    const one = numbers(65_536 * 8, side * side).slice()
    pool.run('multiply', rowsOfSquare(65_536 * 8, 1), 1, 3, scratchStep)
    expect(numbers(65_536 * 8, side * side)).toEqual(one)
  })

  it('works on alone after it has been closed', async () => {
    await runUntil(() => hasWorked(1), () => pool.run('multiply', rowsOfSquare(65_536 * 8, 16), 2, 3, scratchStep))
    await pool.close()
    numbers(scratchAt, scratchStep * 3 / 4).fill(0)
    for (let i = 0; i < 20; i++) pool.run('multiply', rowsOfSquare(65_536 * 8, 16), 1, 3, scratchStep)
    expect(hasWorked(1)).toBe(false)
  })
})
