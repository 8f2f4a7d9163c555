import * as v from 'valibot'
import { beforeAll, describe, expect, it } from 'vitest'
import { decodeBinary } from '../../../shared/contract/binary.ts'
import { WeakToStrongConfig } from '../../../shared/domain/weak-to-strong.ts'
import { type Engine, useEngine } from '../../compute/engine.ts'
import type { Checkpoint } from '../../learn/train.ts'
import { type Body, pretrainBody } from './body.ts'
import type { WeakToStrongInput } from './input.ts'
import { levelOf, levels } from './levels.ts'
import { stepCounter } from './step-counter.ts'
import { Killed, record, type Recording } from '../../runs/testing/recording-context.ts'
import { count, side, syntheticDigits } from './testing/synthetic-digits.ts'

const { images, digits } = syntheticDigits(4)
const rows = Int32Array.from({ length: 400 }, (_, row) => row * 2)

let engine: Engine
beforeAll(async () => {
  engine = await useEngine('wasm')
})

const settingsFor = (pretrainingSteps: number): WeakToStrongConfig => v.parse(WeakToStrongConfig, { pretraining: 'digit-labels', pretrainingSteps })
const inputFor = (config: WeakToStrongConfig, pictures = images): WeakToStrongInput => ({
  seed: 0, config, datasetId: 'd', labelSourceId: 's', images: pictures, side, digits, pinned: new Int8Array(count).fill(-1)
})

async function pretrained(level: number, targets: Int32Array, settings: { readonly steps?: number; readonly images?: Uint8Array } = {}): Promise<{ readonly body: Body; readonly recording: Recording }> {
  const config = settingsFor(settings.steps ?? 5)
  const recording = record(engine)
  const body = await pretrainBody(recording.context, inputFor(config, settings.images), { level: levelOf(level), rows, targets, versionKey: 'v' }, stepCounter(recording.context, 0, config))
  return { body, recording }
}

describe('levels', () => {
  it('are the five of the specification', () => {
    expect(levels).toEqual([3, 4, 5, 7, 14].map((grid, index) => ({ level: index + 1, grid, width: 8 * 2 ** index })))
    expect(() => levelOf(0)).toThrow(RangeError)
    expect(() => levelOf(6)).toThrow(RangeError)
  })
})

describe('a pretrained body', () => {
  it('gives features of all images, standardised over the pretraining rows alone', async () => {
    const { features } = (await pretrained(2, digits)).body
    expect(features).toHaveLength(count * 16)
    const moments = (chosen: Iterable<number>): (readonly [number, number])[] =>
      Array.from({ length: 16 }, (_, column) => {
        const values = Array.from(chosen, (row) => features[row * 16 + column] as number)
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length
        return [mean, Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)] as const
      })
    // A unit that never fires stays at zero; the others have deviation 1, less the 1e-3 that guards the division.
    const alive = moments(rows).filter(([, deviation]) => deviation > 0)
    expect(alive.length).toBeGreaterThan(8)
    for (const [mean, deviation] of alive) {
      expect(mean).toBeCloseTo(0, 3)
      expect(Math.abs(deviation - 1)).toBeLessThan(0.05)
    }
    expect(moments(Array.from({ length: 500 }, (_, index) => 2 * index + 1)).every(([mean]) => Math.abs(mean) < 1e-3)).toBe(false)
  })

  it('begins with kernels within 1 / sqrt(inputs)', async () => {
    const config = settingsFor(5)
    // Killed after one step of Adam, which moves no weight by more than the learning rate.
    const recording = record(engine, 1)
    const { context } = recording
    await expect(pretrainBody(context, inputFor(config), { level: levelOf(3), rows, targets: digits, versionKey: 'v' }, stepCounter(context, 0, config))).rejects.toThrow(Killed)
    const { current } = decodeBinary(recording.checkpoint ?? new Uint8Array()) as { readonly current: { readonly state: Checkpoint } }
    const kernels = Object.entries(current.state.params).filter(([name]) => name.endsWith('kernel'))
    expect(kernels.map(([, { shape }]) => shape)).toEqual([[25, 32], [32, 32], [32, 10]])
    for (const [, { shape, data }] of kernels) {
      const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
      expect(largest).toBeLessThan(1 / Math.sqrt(shape[0] as number) + 3.1e-3)
      expect(largest).toBeGreaterThan(0.95 / Math.sqrt(shape[0] as number))
    }
  })

  it('reads the targets of the pretraining rows only', async () => {
    const chosen = new Set(rows)
    const elsewhere = digits.map((digit, row) => (chosen.has(row) ? digit : -1))
    expect((await pretrained(1, elsewhere)).body.features).toEqual((await pretrained(1, digits)).body.features)
  })

  it('gives an image the same features whatever images are beside it', async () => {
    const chosen = new Set([...rows, 1])
    const others = images.map((value, index) => (chosen.has(Math.floor(index / (side * side))) ? value : 255 - value))
    const [plain, changed] = [(await pretrained(1, digits)).body, (await pretrained(1, digits, { images: others })).body]
    for (const row of chosen) expect(changed.features.subarray(row * 8, row * 8 + 8)).toEqual(plain.features.subarray(row * 8, row * 8 + 8))
    expect(changed.features.subarray(24, 32)).not.toEqual(plain.features.subarray(24, 32))
  })

  it('learns its targets: the loss falls from log 10', async () => {
    const { recording } = await pretrained(3, digits, { steps: 120 })
    const losses = [...(recording.runs.get('pretraining/level-3')?.metrics.get('loss')?.values() ?? [])]
    expect(losses).toHaveLength(120)
    expect(losses[0]).toBeCloseTo(Math.log(10), 0)
    expect(losses.at(-1)).toBeLessThan(1)
    expect(recording.runs.get('pretraining/level-3')?.summary?.loss).toBe(losses.at(-1))
  })
})
