import * as tf from '@tensorflow/tfjs-core'
import * as v from 'valibot'
import { beforeAll, describe, expect, it } from 'vitest'
import { decodeBinary } from '../../../shared/contract/binary.ts'
import { BenchError } from '../../../shared/contract/errors.ts'
import { splits } from '../../../shared/domain/dataset.ts'
import { WeakToStrongConfig, weakToStrongArms } from '../../../shared/domain/weak-to-strong.ts'
import { type Engine, useEngine } from '../../compute/engine.ts'
import type { PlainArrays } from '../../learn/parameters.ts'
import { fingerprint, Killed, learned, record, type Recording } from '../../runs/testing/recording-context.ts'
import { count, side, syntheticDigits } from './testing/synthetic-digits.ts'
import { weakToStrongGeneralization, type WeakToStrongInput } from './weak-to-strong-generalization.ts'

const { images, digits } = syntheticDigits(1)
const quick = { teacherLabels: 200, pretrainingSteps: 5, headSteps: 12, studentLevel: 3 }
const students = ['naive', 'confidence', 'bootstrapping'] as const

let engine: Engine
beforeAll(async () => {
  engine = await useEngine('wasm')
})

type Changes = Partial<Pick<WeakToStrongInput, 'seed' | 'images' | 'digits' | 'pinned'>> & { readonly config?: v.InferInput<typeof WeakToStrongConfig> }

const inputOf = ({ config, ...changes }: Changes = {}): WeakToStrongInput => ({
  seed: 0, datasetId: 'dataset', labelSourceId: 'source', images, side, digits, pinned: new Int8Array(count).fill(-1),
  ...changes,
  config: v.parse(WeakToStrongConfig, { ...quick, ...config })
})

async function run(changes: Changes = {}): Promise<Recording> {
  const recording = record(engine)
  await weakToStrongGeneralization(recording.context, inputOf(changes))
  return recording
}

/** The run without changes, which most tests compare with. */
let plainRun: Promise<Recording> | undefined
const unchanged = (): Promise<Recording> => (plainRun ??= run())

const fingerprints = ({ runs }: Recording): Record<string, string> => Object.fromEntries([...runs].map(([key, each]) => [key, fingerprint(each)]))
const learnings = ({ runs }: Recording): Record<string, string> => Object.fromEntries([...runs].filter(([, each]) => each.artifacts.has('weights')).map(([key, each]) => [key, learned(each)]))
const rowsIn = (recording: Recording, split: (typeof splits)[number]): number[] => Array.from(recording.versions[0]?.splits ?? []).flatMap((each, row) => (splits[each] === split ? [row] : []))

/** The labels with the class of some rows turned over (0 and 1, 2 and 3, ... change places): still digits, wrong parity. */
function poisoned(rows: readonly number[]): Int32Array {
  const changed = digits.slice()
  for (const row of rows) changed[row] = (changed[row] as number) ^ 1
  return changed
}

function refusal(error: unknown): BenchError['payload'] {
  if (!(error instanceof BenchError)) throw error
  return error.payload
}

const without = (all: Record<string, string>, ...keys: string[]): Record<string, string> => Object.fromEntries(Object.entries(all).filter(([key]) => !keys.includes(key)))

describe('one seed of the weak-to-strong experiment', () => {
  it('runs every arm, the chain of bootstrapping, and the pretraining they share', async () => {
    const { runs, progress } = await unchanged()
    expect([...runs.keys()].sort()).toEqual(
      ['bootstrapping', 'bootstrapping/level-2', 'ceiling', 'confidence', 'naive', 'pretraining/contrastive', 'pretraining/level-1', 'pretraining/level-2', 'pretraining/level-3', 'weak'].sort()
    )
    expect([...runs.values()].filter(({ description }) => weakToStrongArms.some((arm) => arm === description.arm))).toHaveLength(5)
    for (const each of runs.values()) {
      expect(Object.values(each.summary ?? {}).every(Number.isFinite)).toBe(true)
      expect(each.description.versionKey).toBe('seed-0')
    }
    const parents = Object.fromEntries([...runs].map(([key, { description }]) => [key, description.parentKey]))
    expect(parents).toMatchObject({ naive: 'weak', confidence: 'weak', 'bootstrapping/level-2': 'weak', bootstrapping: 'bootstrapping/level-2' })
    expect([parents.weak, parents.ceiling]).toEqual([undefined, undefined])
    expect(progress.at(-1)?.done).toBe(progress.at(-1)?.total)
    expect(progress.map(({ done }) => done)).toEqual(progress.map((_, index) => index + 1))
  })

  it.each([
    ['label-free pretraining', {}],
    ['digit labels and hard weak labels', { pretraining: 'digit-labels', weakLabels: 'hard', threshold: 'fixed', confidenceSchedule: 'code', task: 'at-least-five' }]
  ] as const)('gives the same bytes twice and others for another seed: %s', async (_what, config) => {
    const once = await run({ config })
    expect(fingerprints(await run({ config }))).toEqual(fingerprints(once))
    const other = learnings(await run({ config, seed: 1 }))
    for (const [key, hash] of Object.entries(learnings(once))) expect(other[key]).not.toBe(hash)
  })

  it('gives the same bytes when it is killed anywhere and resumed from its checkpoint', async () => {
    const whole = await unchanged()
    // Drawing the views breathes 16 times, then every step once. 24, 29 and 41 are the last steps of the contrastive network,
    // the first body and the first head.
    for (const killAt of [9, 20, 24, 29, 35, 41, 60, 110]) {
      let recording = record(engine, killAt)
      await expect(weakToStrongGeneralization(recording.context, inputOf())).rejects.toThrow(Killed)
      recording = record(engine, Infinity, recording)
      await weakToStrongGeneralization(recording.context, inputOf())
      expect(fingerprints(recording)).toEqual(fingerprints(whole))
      expect(recording.progress.at(-1)?.done).toBe(recording.progress.at(-1)?.total)
    }
  })

  it('leaves no tensors behind', async () => {
    const before = tf.memory().numTensors
    await run()
    expect(tf.memory().numTensors).toBe(before)
  })

  it('computes the same on the reference engine, to single precision', async () => {
    const config = { ...quick, pretrainingSteps: 2, headSteps: 3, studentLevel: 2 }
    const fast = await run({ config })
    const reference = record(await useEngine('cpu'))
    await weakToStrongGeneralization(reference.context, inputOf({ config }))
    engine = await useEngine('wasm')
    const weightsOf = (recording: Recording): Float32Array => {
      const weights = decodeBinary(recording.runs.get('naive')?.artifacts.get('weights') as Uint8Array) as PlainArrays
      return weights['head/0/kernel']?.data as Float32Array
    }
    const [a, b] = [weightsOf(fast), weightsOf(reference)]
    a.forEach((value, index) => expect(value).toBeCloseTo(b[index] as number, 3))
  })
})

describe('splits of the experiment', () => {
  it('keep the test rows out of everything that is learned: poisoned labels and blank images of them change nothing', async () => {
    const plain = await unchanged()
    const test = rowsIn(plain, 'test')
    expect(test).toHaveLength(200)
    const blank = images.slice()
    for (const row of test) blank.fill(0, row * side * side, (row + 1) * side * side)
    const changed = await run({ images: blank, digits: poisoned(test) })
    expect(learnings(changed)).toEqual(learnings(plain))
    expect(changed.runs.get('naive')?.predictions.get('test')).not.toEqual(plain.runs.get('naive')?.predictions.get('test'))
  })

  it('judge by the test labels: turning them all over turns every accuracy over', async () => {
    const plain = await unchanged()
    const turned = await run({ digits: poisoned(rowsIn(plain, 'test')) })
    for (const arm of weakToStrongArms) expect(turned.runs.get(arm)?.summary?.testAccuracy).toBeCloseTo(1 - (plain.runs.get(arm)?.summary?.testAccuracy ?? 0), 10)
  })

  it.each(['unlabelled', 'digit-labels'] as const)('hide the true labels of the student split from teacher and students, not from the ceiling (%s)', async (pretraining) => {
    const plain = await run({ config: { pretraining } })
    const student = rowsIn(plain, 'student')
    const changed = await run({ config: { pretraining }, digits: poisoned(student) })
    expect(without(fingerprints(changed), 'ceiling')).toEqual(without(fingerprints(plain), 'ceiling'))
    expect(learned(changed.runs.get('ceiling'))).not.toBe(learned(plain.runs.get('ceiling')))
  })

  it('show the labels of the teacher split to the teacher, and through it to the students, not to the ceiling', async () => {
    const plain = await unchanged()
    const changed = learnings(await run({ digits: poisoned(rowsIn(plain, 'teacher')) }))
    for (const arm of ['weak', ...students]) expect(changed[arm]).not.toBe(learned(plain.runs.get(arm)))
    expect(changed.ceiling).toBe(learned(plain.runs.get('ceiling')))
  })

  it('pretrain without labels: poisoned ones change nothing, unless pretraining is asked to use them', async () => {
    const plain = await unchanged()
    const poison = poisoned(rowsIn(plain, 'pretrain'))
    expect(fingerprints(await run({ digits: poison }))).toEqual(fingerprints(plain))
    const config = { pretraining: 'digit-labels' } as const
    const [labelled, changed] = [await run({ config }), await run({ config, digits: poison })]
    expect(learned(changed.runs.get('weak'))).not.toBe(learned(labelled.runs.get('weak')))
  })

  it('pretrain on the pretraining split alone: blank images elsewhere leave its curves as they are', async () => {
    const plain = await unchanged()
    const used = new Set(rowsIn(plain, 'pretrain'))
    const blank = images.map((value, index) => (used.has(Math.floor(index / (side * side))) ? value : 0))
    const changed = await run({ images: blank })
    for (const [key, hash] of Object.entries(fingerprints(plain))) expect(fingerprints(changed)[key] === hash).toBe(key.startsWith('pretraining/'))
  })

  it.each(['unlabelled', 'digit-labels'] as const)('never use rows without a known digit (%s)', async (pretraining) => {
    const unknown = digits.map((digit, row) => (row % 50 === 0 ? -1 : digit))
    const config = { pretraining, studentLevel: 2 }
    // Twice as many images, since what is left of one set would be too few.
    const more = syntheticDigits(2)
    const both = { images: Uint8Array.from([...images, ...more.images]), pinned: new Int8Array(2 * count).fill(-1) }
    const labels = Int32Array.from([...unknown, ...more.digits])
    const plain = await run({ ...both, digits: labels, config })
    const hidden = Array.from(labels.keys()).filter((row) => labels[row] === -1)
    expect(hidden).toHaveLength(20)
    for (const row of hidden) expect(plain.versions[0]?.splits[row]).toBe(splits.indexOf('none'))
    for (const each of plain.runs.values()) for (const { rows } of each.predictions.values()) expect(rows.some((row) => labels[row] === -1)).toBe(false)
    const blank = both.images.slice()
    for (const row of hidden) blank.fill(255, row * side * side, (row + 1) * side * side)
    expect(fingerprints(await run({ ...both, images: blank, digits: labels, config }))).toEqual(fingerprints(plain))
  })

  it('honour pinned rows, and report predictions of the very splits of the version', async () => {
    const pinned = new Int8Array(count).fill(-1)
    pinned.fill(splits.indexOf('test'), 0, 20)
    pinned.fill(splits.indexOf('pretrain'), 20, 40)
    const recording = await run({ pinned })
    expect(rowsIn(recording, 'test').slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, row) => row))
    expect(rowsIn(recording, 'pretrain').slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, row) => row + 20))
    for (const arm of weakToStrongArms) {
      for (const split of ['test', 'student'] as const) {
        expect(Array.from(recording.runs.get(arm)?.predictions.get(split)?.rows ?? []).sort((a, b) => a - b)).toEqual(rowsIn(recording, split))
      }
    }
  })

  it.each(['teacher', 'student'] as const)('are refused where the %s would see one class only', async (part) => {
    const plain = await unchanged()
    const rows = new Set(rowsIn(plain, part))
    const oneClass = digits.map((digit, row) => (rows.has(row) ? 4 : digit))
    const error = await run({ digits: oneClass }).then(() => null, refusal)
    expect(error).toMatchObject({ code: 'bad-data', field: part })
  })
})

describe('labels and losses of the arms', () => {
  it('make the confident student the naive one where its weight is 0', async () => {
    const { runs } = await run({ config: { confidenceWeight: 0 } })
    expect(learned(runs.get('confidence'))).toBe(learned(runs.get('naive')))
    const usual = await unchanged()
    expect(learned(usual.runs.get('confidence'))).not.toBe(learned(usual.runs.get('naive')))
  })

  it('make bootstrapping the naive student where there is no size between', async () => {
    const { runs } = await run({ config: { studentLevel: 2 } })
    expect(learned(runs.get('bootstrapping'))).toBe(learned(runs.get('naive')))
  })

  it('teach each size of the chain by the size before it, not by the first teacher', async () => {
    const { runs } = await unchanged()
    // Body, order of examples and loss are the naive student's: only the labels can make the difference.
    expect(learned(runs.get('bootstrapping'))).not.toBe(learned(runs.get('naive')))
    const longer = await run({ config: { studentLevel: 4 } })
    expect(learned(longer.runs.get('bootstrapping/level-3'))).toBe(learned(runs.get('bootstrapping')))
  })

  it('teach hard labels where asked, which differ from soft ones', async () => {
    const [soft, hard] = [await unchanged(), await run({ config: { weakLabels: 'hard' } })]
    expect(learned(hard.runs.get('weak'))).toBe(learned(soft.runs.get('weak')))
    for (const arm of students) expect(learned(hard.runs.get(arm))).not.toBe(learned(soft.runs.get(arm)))
  })

  it('begin at a head of zeros: the first loss of every arm is log 2', async () => {
    const { runs } = await run({ config: { confidenceWeight: 1, confidenceWarmUp: 0 } })
    for (const arm of weakToStrongArms) expect(runs.get(arm)?.metrics.get('loss')?.get(1)).toBeCloseTo(Math.LN2, 5)
  })

  it('anneal the learning rate from 0.01 to almost 0 along a cosine', async () => {
    const rates = [...((await unchanged()).runs.get('naive')?.metrics.get('learningRate')?.values() ?? [])]
    rates.forEach((rate, step) => expect(rate).toBeCloseTo(0.005 * (1 + Math.cos((Math.PI * step) / 12)), 10))
    expect(rates).toHaveLength(12)
  })

  it('measure accuracy and agreement by what the stored predictions say', async () => {
    const { runs } = await run({ config: { headSteps: 60, pretrainingSteps: 60, studentLevel: 2, pretraining: 'digit-labels' } })
    const classesOf = (arm: string): number[] => {
      const p = runs.get(arm)?.predictions.get('test')?.probabilities ?? new Float32Array()
      return Array.from({ length: p.length / 2 }, (_, row) => ((p[2 * row + 1] as number) > (p[2 * row] as number) ? 1 : 0))
    }
    const truth = Array.from(runs.get('weak')?.predictions.get('test')?.rows ?? [], (row) => (digits[row] as number) % 2)
    const weak = classesOf('weak')
    const share = (values: boolean[]): number => values.filter(Boolean).length / values.length
    for (const arm of weakToStrongArms) expect(runs.get(arm)?.summary?.testAccuracy).toBeCloseTo(share(classesOf(arm).map((each, i) => each === truth[i])), 10)
    for (const arm of students) {
      const same = classesOf(arm).map((each, i) => each === weak[i])
      expect(runs.get(arm)?.summary).toMatchObject({
        agreement: share(same),
        agreementOnRight: share(same.filter((_, i) => weak[i] === truth[i])),
        agreementOnErrors: share(same.filter((_, i) => weak[i] !== truth[i]))
      })
    }
  })

  it('learn: trained for longer, the ceiling is well above chance', async () => {
    const { runs } = await run({ config: { headSteps: 150, pretrainingSteps: 150, pretraining: 'digit-labels' } })
    expect(runs.get('ceiling')?.summary?.testAccuracy).toBeGreaterThan(0.8)
  })
})
