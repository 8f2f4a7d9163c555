import * as v from 'valibot'
import { BenchError, type OutputOf, type ParsedInputOf, type ProcedureName, type Procedures } from '../../shared/contract/index.ts'
import type { Dataset } from '../../shared/domain/dataset.ts'
import type { JournalState } from '../../shared/domain/journal.ts'
import { type NoiseCheck, NoiseCheckRequest, type NoiseReport, type NoiseScores, type ScoreName } from '../../shared/domain/noise-check.ts'
import { generator, truthOf } from './synthetic.ts'

type NoiseProcedure = Extract<ProcedureName, `noise.${string}`>
type NoiseHandlers = { readonly [P in NoiseProcedure]: (input: ParsedInputOf<Procedures[P]>) => OutputOf<Procedures[P]> }

/** What the fake noise procedures read and change. */
export interface FakeNoise {
  datasets: Dataset[]
  labels: Map<number, number | null>
  checks: NoiseCheck[]
  projected: Set<string>
}

const names: readonly ScoreName[] = ['confident-learning', 'area-under-margin', 'neighbour-vote', 'ensemble']
const classes = 10
/** Every fifth given label is wrong. */
const isWrong = (row: number): boolean => row % 5 === 0
export const trueLabel = (row: number): number => (isWrong(row) ? (truthOf(row) + 1 + (row % 3)) % classes : truthOf(row))
const scoreAt = (detector: number, row: number): number => {
  const random = generator(row * 7 + detector)
  return isWrong(row) && row % 35 !== 0 ? 0.3 * random() : 0.25 + 0.75 * Math.sqrt(random())
}

const transition = Array.from({ length: classes * classes }, (_, place) => {
  const [row, column] = [Math.floor(place / classes), place % classes]
  const step = (row - column + classes) % classes
  return row === column ? 0.8 : step >= 1 && step <= 3 ? 0.06 : 0.02 / (classes - 4)
})
const share = (value: number, n: number) => ({ value, lower: value - 1.96 * Math.sqrt((value * (1 - value)) / n), upper: value + 1.96 * Math.sqrt((value * (1 - value)) / n), n })

const report = (rows: number): NoiseReport => ({
  rows, classes,
  detectors: [
    ...names.map((name, place) => ({ name, flagged: 1840 + 60 * place, unavailable: null, histogram: [4, 3, 2, 1, 1, 2, 3, 5, 7, 9], quality: { wrong: 0.2, averagePrecision: 0.88 + place / 60, precision: 0.86 + place / 80, recall: 0.84 + place / 80, precisionAtWrong: 0.85 + place / 80 } })),
    { name: 'data-map' as const, flagged: 0, unavailable: 'No training was watched.', histogram: [], quality: null }
  ],
  estimate: {
    rate: share(0.196, rows), byClass: Array.from({ length: classes }, (_, label) => share(0.16 + 0.008 * label, rows / classes)), transition, prior: new Array<number>(classes).fill(1 / classes), confidentJoint: transition.map((value) => Math.round((value * rows) / classes)), numLabelIssues: Math.round(0.19 * rows)
  },
  trueTransition: transition.map((value, place) => (place % (classes + 1) === 0 ? value + 0.01 : value - 0.01 / (classes - 1))), trueRate: 0.2,
  agreement: names.flatMap((_, a) => names.map((__, b) => (a === b ? 1 : 0.72 - 0.05 * Math.abs(a - b)))),
  probabilities: { from: 'cross-validation, 5 folds', accuracy: 0.782, accuracyOfTruth: 0.951 },
  issues: { imbalance: { smallest: 5, share: 0.062, expected: 0.1 }, ambiguous: [{ a: 4, b: 9, share: 0.021 }], outliers: 31, orderPValue: 0.41, leaks: null, weakSlices: [{ name: 'class 8', size: 974, quality: 0.61, rest: 0.74, lower: 0.58, upper: 0.64, p: 0.0004 }] },
  seconds: 21.4
})

/** A finished check of the given labels. */
export function makeCheck(datasetId: string, rows: number, id = 'check-1'): NoiseCheck {
  return { id, datasetId, sourceId: 'given', name: 'Check of given', request: v.parse(NoiseCheckRequest, { datasetId, sourceId: 'given' }), report: report(rows), createdAt: Date.now() - 60_000 }
}

/** Handlers of the noise procedures: scores that tell most of the wrong labels, three detectors and their ensemble. */
export function fakeNoise(state: FakeNoise, change: (title: string, again: () => void, back: () => void) => JournalState, startJob: (kind: string, name: string) => string): NoiseHandlers {
  const checkOf = (id: string): NoiseCheck => {
    const found = state.checks.find((one) => one.id === id)
    if (found === undefined) throw new BenchError('not-found', `There is no check ${id}.`, { field: 'checkId' })
    return found
  }
  const countOf = (id: string): number => state.datasets.find((one) => one.id === id)?.count ?? 0
  const scoresOf = (count: number): NoiseScores => {
    const scores = names.map((_, detector) => Float32Array.from({ length: count }, (__, row) => scoreAt(detector, row)))
    return {
      names, scores, flagged: scores.map((of) => Uint8Array.from(of, (value) => Number(value < 0.3))), suggested: Int32Array.from({ length: count }, (_, row) => trueLabel(row)),
      given: Int32Array.from({ length: count }, (_, row) => truthOf(row)), truth: Int32Array.from({ length: count }, (_, row) => trueLabel(row)), pinned: Int8Array.from({ length: count }, (_, row) => (row % 11 === 0 ? 4 : -1))
    }
  }
  return {
    'noise.checks': ({ datasetId }) => state.checks.filter((one) => one.datasetId === datasetId),
    'noise.start-check': ({ request }) => {
      if (!state.datasets.some((one) => one.id === request.datasetId)) throw new BenchError('not-found', `There is no data set ${request.datasetId}.`, { field: 'request.datasetId' })
      return { jobId: startJob('noise-check', 'Check of given') }
    },
    'noise.delete-check': ({ checkId }) => {
      checkOf(checkId)
      state.checks = state.checks.filter((one) => one.id !== checkId)
      return null
    },
    'noise.scores': ({ checkId }) => scoresOf(countOf(checkOf(checkId).datasetId)),
    'noise.data-map': ({ checkId }) => {
      const rows = { length: countOf(checkOf(checkId).datasetId) }
      return { confidence: Float32Array.from(rows, (_, row) => scoreAt(1, row)), variability: Float32Array.from(rows, (_, row) => 0.5 * Math.sqrt(scoreAt(1, row) * (1 - scoreAt(1, row))) * (0.6 + 0.4 * generator(row)())) }
    },
    'noise.suspects': ({ rows }) => rows.map((row) => ({
      row, given: truthOf(row), suggested: trueLabel(row), scores: names.map((_, detector) => scoreAt(detector, row)), flagged: scoreAt(3, row) < 0.3,
      probabilities: Array.from({ length: classes }, (_, label) => (label === trueLabel(row) ? 0.82 : 0.02)), neighbours: Array.from({ length: 10 }, (_, place) => row + 10 * (place + 1)).filter((other) => other < 10_000), dynamics: [0.1, 0.14, 0.11, 0.2, 0.16, 0.24, 0.3, 0.28, 0.36, 0.4], truth: trueLabel(row)
    })),
    'noise.decide': ({ checkId, rows, label }) => {
      checkOf(checkId)
      const before = rows.map((row) => [row, state.labels.get(row)] as const)
      return change(label === 'given' ? `Mark ${rows.length} examples as correct` : `Accept the suggestion for ${rows.length} examples`, () => rows.forEach((row) => state.labels.set(row, label === 'given' ? truthOf(row) : trueLabel(row))), () =>
        before.forEach(([row, last]) => (last === undefined ? state.labels.delete(row) : state.labels.set(row, last))))
    },
    'noise.projection': ({ datasetId }) => {
      if (!state.projected.has(datasetId)) return null
      const points = new Float32Array(2 * countOf(datasetId))
      for (let row = 0; row < points.length / 2; row += 1) {
        const random = generator(row + 99)
        const [angle, radius] = [(trueLabel(row) / classes) * 2 * Math.PI, 1.6 * Math.sqrt(-2 * Math.log(random() + 1e-9))]
        points[2 * row] = 6 * Math.cos(angle) + radius * Math.cos(2 * Math.PI * random())
        points[2 * row + 1] = 6 * Math.sin(angle) + radius * Math.sin(2 * Math.PI * random())
      }
      return { method: 'umap', points }
    },
    'noise.start-projection': ({ datasetId }) => {
      state.projected.add(datasetId)
      return { jobId: startJob('project-examples', 'Map') }
    },
    'noise.merge-corrections': ({ sourceId }) => ({ jobId: startJob('merge-corrections', `Correct ${sourceId}`) }),
    'noise.inject': ({ injection }) => ({ jobId: startJob('inject-noise', injection.name) })
  }
}
