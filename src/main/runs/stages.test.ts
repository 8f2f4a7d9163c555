import { describe, expect, it } from 'vitest'
import { BenchError } from '../../shared/contract/errors.ts'
import { Stages } from './stages.ts'

/** Counts to `limit`, offering every count; `stopAt` kills it. */
const counting =
  (limit: number, stopAt = Infinity) =>
  (progress: { readonly saved: { readonly count: number } | null; offer(state: () => { readonly count: number }): void }): { readonly total: Int32Array } => {
    let count = progress.saved?.count ?? 0
    while (count < limit) {
      count++
      progress.offer(() => ({ count }))
      if (count === stopAt) throw new Error('killed')
    }
    return { total: Int32Array.of(count) }
  }

describe('stages', () => {
  it('run once, and give an earlier result ever after', async () => {
    const written: Uint8Array[] = []
    const stages = new Stages(null, (checkpoint) => written.push(checkpoint), 0)
    expect(stages.isDone('count')).toBe(false)
    await stages.run('count', counting(3))
    expect(stages.isDone('count')).toBe(true)
    const again = new Stages(written.at(-1) ?? null, () => undefined)
    const result = await again.run('count', () => {
      throw new Error('It must not run again.')
    })
    expect(result).toEqual({ total: Int32Array.of(3) })
  })

  it('resume a killed stage where it was last saved, and later stages from the start', async () => {
    let saved: Uint8Array | null = null
    const stages = new Stages(null, (checkpoint) => (saved = checkpoint), 0)
    await stages.run('first', counting(2))
    await expect(stages.run('second', counting(10, 5))).rejects.toThrow('killed')
    const resumed = new Stages(saved, () => undefined, 0)
    const begun: unknown[] = []
    await resumed.run<number, { count: number }>('second', (progress) => begun.push(progress.saved))
    await resumed.run('third', (progress) => begun.push(progress.saved))
    expect(begun).toEqual([{ count: 5 }, null])
    expect(resumed.isDone('first')).toBe(true)
  })

  it('build a state only when a checkpoint is due', async () => {
    const stages = new Stages(null, () => undefined, 3_600_000)
    await stages.run('patient', (progress) => {
      progress.offer(() => {
        throw new Error('It is not due.')
      })
    })
    expect(stages.isDone('patient')).toBe(true)
  })

  it('do not take a name that every object has for a finished stage', () => {
    expect(new Stages(null, () => undefined).isDone('toString')).toBe(false)
  })

  it.each([
    ['damaged bytes', Uint8Array.of(0xc1, 1, 2)],
    ['nothing', new Uint8Array()],
    ['another value', Uint8Array.of(5)]
  ])('refuse a checkpoint of %s with what to do', (_what, bytes) => {
    expect(() => new Stages(bytes, () => undefined)).toThrow(BenchError)
  })
})
