import type { Dataset } from '../../shared/domain/dataset.ts'
import type { WeakToStrongExperiment } from '../../shared/domain/experiment.ts'
import type { MetricSeries, Run, RunMetrics, RunStatus } from '../../shared/domain/run.ts'
import type { MeanInterval, WeakToStrongConfig, WeakToStrongSummary } from '../../shared/domain/weak-to-strong.ts'
import { bandOf } from '../charts/intervals.ts'

/** A small seeded generator (mulberry32) for synthetic test data. */
export function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const normal = (random: () => number): number => Math.sqrt(-2 * Math.log(random() + 1e-9)) * Math.cos(2 * Math.PI * random())

export const config: WeakToStrongConfig = {
  task: 'parity', pretraining: 'unlabelled', pseudoClasses: 10, confidenceSchedule: 'paper', supervisorLevel: 1, studentLevel: 5, teacherLabels: 1000, confidenceWeight: 0.75, confidenceWarmUp: 0.2, threshold: 'adaptive',
  weakLabels: 'soft', pretrainingSteps: 500, headSteps: 400, seeds: [0, 1, 2, 3, 4, 5, 6, 7], engine: 'auto'
}

const levels = { weak: [0.696, 0.016], naive: [0.718, 0.018], confidence: [0.763, 0.032], bootstrapping: [0.774, 0.027], ceiling: [0.957, 0.006] } as const
export type SyntheticArm = keyof typeof levels
export const syntheticArms = Object.keys(levels) as readonly SyntheticArm[]

const isSynthetic = (arm: string): arm is SyntheticArm => arm in levels
/** A number of its own for every name. */
const numberOf = (arm: string): number => (isSynthetic(arm) ? syntheticArms.indexOf(arm) : Array.from(arm).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7))

export function finalAccuracy(arm: string, seed: number): number {
  const [mean, sd] = isSynthetic(arm) ? levels[arm] : [0.8 + (numberOf(arm) % 100) / 800, 0.012]
  return Math.min(0.99, mean + sd * normal(generator(seed * 131 + numberOf(arm) * 17 + 3)))
}

export function makeRun(experimentId: string, arm: SyntheticArm, seed: number, status: RunStatus, createdAt: number): Run {
  const done = status === 'done'
  return {
    id: `${experimentId}-${arm}-${seed}`, experimentId, jobId: `job-${experimentId}`, key: `${arm}/${seed}`, name: `${arm} ${seed}`, arm,
    role: arm === 'weak' ? 'teacher' : arm === 'ceiling' ? 'ceiling' : 'student', seed,
    config: { ...config, seeds: undefined, seed, arm, loss: arm === 'confidence' ? { name: 'confidence', weight: 0.75, warmUp: 0.2 } : { name: 'cross-entropy' } },
    datasetVersionId: 'version-1', engine: 'wasm', codeVersion: '0.1.0', status, statusReason: null, parentId: null,
    summary: done ? { testAccuracy: finalAccuracy(arm, seed), macroF1: finalAccuracy(arm, seed) - 0.004, ece: 0.031 + seed / 500, agreement: 0.86 - syntheticArms.indexOf(arm) / 60, seconds: 0.7 + seed / 20 } : {},
    tags: seed === 0 && arm === 'confidence' ? ['baseline'] : [], notes: '', createdAt, startedAt: createdAt, endedAt: done ? createdAt + 900 : null, deletedAt: null
  }
}

/** Points of one run from step `from` on, every 10 steps below `to`. */
export function makeMetrics(run: Run, from: number, to: number): RunMetrics {
  const { arm } = run
  const random = generator(run.seed * 977 + numberOf(arm) * 31 + from)
  const steps: number[] = []
  for (let step = from; step < to; step += 10) steps.push(step)
  const end = finalAccuracy(arm, run.seed)
  const series = (name: string, at: (step: number) => number): MetricSeries => ({ name, steps: Int32Array.from(steps), values: Float64Array.from(steps, at) })
  const learnt = (step: number): number => 1 - Math.exp(-step / 70)
  return {
    runId: run.id,
    series: [
      series('testAccuracy', (step) => 0.5 + (end - 0.5) * learnt(step) + 0.004 * normal(random)),
      series('loss', (step) => 0.69 - (0.62 - (1 - end) * 1.2) * learnt(step) + 0.01 * normal(random)),
      ...(arm === 'weak' ? [] : [series('agreement', (step) => 0.5 + 0.36 * learnt(step) + 0.004 * normal(random))]),
      series('learningRate', (step) => 0.005 * (1 + Math.cos((Math.PI * step) / 400)))
    ]
  }
}

export const interval = (values: readonly number[]): MeanInterval => {
  const { mean, lower, upper, n } = bandOf(values, 'interval')
  const sd = bandOf(values, 'sd').upper - mean
  return { mean, sd, n, lower: n < 2 ? null : lower, upper: n < 2 ? null : upper }
}

export function makeSummary(seeds: readonly number[]): WeakToStrongSummary | null {
  if (seeds.length === 0) return null
  const of = (arm: SyntheticArm): number[] => seeds.map((seed) => finalAccuracy(arm, seed))
  const paired = (a: SyntheticArm, b: SyntheticArm): MeanInterval => interval(seeds.map((seed) => finalAccuracy(a, seed) - finalAccuracy(b, seed)))
  const verdict = (difference: MeanInterval) => (difference.lower === null || difference.upper === null ? 'open' : difference.lower > 0 ? 'holds' : difference.upper < 0 ? 'contradicted' : 'open')
  const claim = (text: string, difference: MeanInterval) => ({ claim: text, difference, verdict: verdict(difference) }) as const
  return {
    engine: 'wasm', seeds: [...seeds], weak: interval(of('weak')), ceiling: interval(of('ceiling')), seedsWithoutGap: [],
    arms: (['naive', 'confidence', 'bootstrapping'] as const).map((name, index) => ({
      name,
      accuracy: interval(of(name)),
      pgr: interval(seeds.map((seed) => (finalAccuracy(name, seed) - finalAccuracy('weak', seed)) / (finalAccuracy('ceiling', seed) - finalAccuracy('weak', seed)))),
      agreement: interval(seeds.map((seed) => 0.862 - index * 0.035 + seed / 1000)),
      agreementOnErrors: interval(seeds.map((seed) => 0.737 - index * 0.12 + seed / 900)),
      gain: paired(name, 'weak'),
      seconds: 6.2 + index * 3.1
    })),
    claims: [
      claim('Naive student beats its weak teacher', paired('naive', 'weak')),
      claim('Naive student stays below the ceiling', paired('ceiling', 'naive')),
      claim('Confidence loss beats naive', paired('confidence', 'naive')),
      claim('Confidence loss imitates fewer errors of the teacher', paired('confidence', 'confidence')),
      claim('Bootstrapping beats naive', paired('bootstrapping', 'naive'))
    ]
  }
}

export function makeExperiment(id: string, name: string, status: RunStatus, createdAt: number, doneSeeds: readonly number[]): WeakToStrongExperiment {
  return {
    id, kind: 'weak-to-strong', name, config, status, datasetVersionId: 'version-1', notes: '', createdAt, endedAt: status === 'done' ? createdAt + 47_000 : null, deletedAt: null,
    runCount: config.seeds.length * syntheticArms.length, jobIds: [`job-${id}`], seconds: 47.3, summary: makeSummary(doneSeeds)
  }
}

const okabeIto = ['#000000', '#E69F00', '#56B4E9', '#009E73', '#F0E442', '#0072B2', '#D55E00', '#CC79A7', '#999999', '#332288']
export const dataset: Dataset = {
  id: 'mnist', name: 'MNIST 10k', kind: 'image', shape: [28, 28], dtype: 'uint8', count: 10_000,
  classes: okabeIto.map((color, position) => ({ position, name: String(position), color, key: String(position) })),
  source: 'Synthetic strokes, for tests of the window only', license: 'CC BY-SA 3.0', createdAt: Date.UTC(2026, 10, 20)
}

export const truthOf = (row: number): number => Math.floor(generator(row + 7)() * 10)

/** Synthetic pictures: strokes whose number and direction depend on the class. */
export function makePictures(rows: readonly number[]): Uint8Array {
  const features = new Uint8Array(rows.length * 784)
  rows.forEach((row, at) => {
    const random = generator(row * 3 + 1)
    const label = truthOf(row)
    for (let stroke = 0; stroke < 2 + (label % 3); stroke += 1) {
      let [x, y, angle] = [8 + random() * 12, 6 + random() * 8, (label / 10) * Math.PI * 2 + stroke]
      for (let step = 0; step < 26; step += 1) {
        x = Math.min(25, Math.max(2, x + Math.cos(angle)))
        y = Math.min(25, Math.max(2, y + Math.sin(angle)))
        angle += 0.12 + label / 50
        for (const [dx, dy, ink] of [[0, 0, 255], [1, 0, 190], [0, 1, 190]] as const) {
          const pixel = at * 784 + Math.round(y + dy) * 28 + Math.round(x + dx)
          features[pixel] = Math.max(features[pixel] ?? 0, ink)
        }
      }
    }
  })
  return features
}
