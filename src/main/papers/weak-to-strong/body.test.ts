import * as v from 'valibot'
import { beforeAll, describe, expect, it } from 'vitest'
import { WeakToStrongConfig } from '../../../shared/domain/weak-to-strong.ts'
import { type Engine, useEngine } from '../../compute/engine.ts'
import { type Body, pretrainBody } from './body.ts'
import { levelOf, levels } from './levels.ts'
import { stepCounter } from './step-counter.ts'
import { record, type Recording } from './testing/recording-context.ts'
import { count, side, syntheticDigits } from './testing/synthetic-digits.ts'

const { images, digits } = syntheticDigits(4)
const rows = Int32Array.from({ length: 400 }, (_, row) => row * 2)

let engine: Engine
beforeAll(async () => {
  engine = await useEngine('wasm')
})

async function pretrained(level: number, targets: Int32Array, settings: { readonly steps?: number; readonly images?: Uint8Array } = {}): Promise<{ readonly body: Body; readonly recording: Recording }> {
  const config = v.parse(WeakToStrongConfig, { pretraining: 'digit-labels', pretrainingSteps: settings.steps ?? 5 })
  const recording = record(engine)
  const input = { seed: 0, config, datasetId: 'd', labelSourceId: 's', images: settings.images ?? images, side, digits, pinned: new Int8Array(count).fill(-1) }
  const body = await pretrainBody(recording.context, input, { level: levelOf(level), rows, targets, versionKey: 'v' }, stepCounter(recording.context, 0, config))
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
