import { expect, test } from 'vitest'
import { Stages } from './stages.ts'

/** Adds 1, 2, ... `steps`, offering its state after each; stops as if killed before step `killedAt`. */
async function sum(stages: Stages, name: string, steps: number, killedAt = Infinity): Promise<{ readonly total: Float64Array; readonly from: number }> {
  let from = 0
  const total = await stages.run<Float64Array, { readonly step: number; readonly total: Float64Array }>(name, (progress) => {
    let { step, total: soFar } = progress.saved ?? { step: 0, total: Float64Array.of(0) }
    from = step
    while (step < steps) {
      if (step === killedAt) throw new Error('killed')
      step++
      soFar = Float64Array.of((soFar[0] ?? 0) + step / 3)
      progress.offer(() => ({ step, total: soFar }))
    }
    return soFar
  })
  return { total, from }
}

test('an attempt goes on at the very step that was saved, and complete stages are not computed again', async () => {
  const written: Uint8Array[] = []
  const write = (checkpoint: Uint8Array): void => void written.push(checkpoint)
  const undisturbed = new Stages(null, () => undefined, 0)
  const reference = [await sum(undisturbed, 'a', 10), await sum(undisturbed, 'b', 7)]

  const first = new Stages(null, write, 0)
  await sum(first, 'a', 10)
  await expect(sum(first, 'b', 7, 4)).rejects.toThrow('killed')
  const second = new Stages(written.at(-1) ?? null, write, 0)
  expect(second.describe()).toBe('1 stage complete, then within b')
  expect([second.isDone('a'), second.isDone('b')]).toEqual([true, false])
  const resumed = [await sum(second, 'a', 10, 0), await sum(second, 'b', 7)]
  expect(resumed.map(({ total }) => total)).toEqual(reference.map(({ total }) => total))
  expect(resumed[1]?.from).toBe(4)
  expect(new Stages(written.at(-1) ?? null, write).describe()).toBe('2 stages complete')
})

test('state is only built when a checkpoint is due, and the end of a stage is always saved', async () => {
  let written = 0
  let built = 0
  const stages = new Stages(null, () => void written++, 60_000)
  const result = await stages.run<number, number>('a', (progress) => {
    for (let step = 0; step < 100; step++) progress.offer(() => ++built)
    return 5
  })
  expect([result, written, built]).toEqual([5, 1, 0])
})

test('a saved state is given to the stage that saved it alone', async () => {
  const written: Uint8Array[] = []
  const stages = new Stages(null, (checkpoint) => void written.push(checkpoint), 0)
  await expect(sum(stages, 'a', 5, 3)).rejects.toThrow('killed')
  const next = new Stages(written.at(-1) ?? null, () => undefined, 0)
  expect((await sum(next, 'other', 5)).from).toBe(0)
})

test('refuses to go on with a checkpoint of another engine, and takes one that names none', async () => {
  const written: Uint8Array[] = []
  await new Stages(null, (bytes) => void written.push(bytes), 0, 'WebGPU 1 (card A)').run('a', () => 1)
  const checkpoint = written.at(-1) ?? null
  expect(() => new Stages(checkpoint, () => undefined, 0, 'WebGPU 1 (card B)')).toThrow('This job began on WebGPU 1 (card A), and here is WebGPU 1 (card B).')
  expect(new Stages(checkpoint, () => undefined, 0, 'WebGPU 1 (card A)').isDone('a')).toBe(true)
  await new Stages(null, (bytes) => void written.push(bytes), 0).run('a', () => 1)
  expect(new Stages(written.at(-1) ?? null, () => undefined, 0, 'WebGPU 1 (card B)').isDone('a')).toBe(true)
})
