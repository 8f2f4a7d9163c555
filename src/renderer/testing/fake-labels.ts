import type { OutputOf, ParsedInputOf, ProcedureName, Procedures } from '../../shared/contract/index.ts'
import type { JournalState } from '../../shared/domain/journal.ts'
import type { LabelingFunction } from '../../shared/domain/labeling-function.ts'
import { truthOf } from './synthetic.ts'

type LabelProcedure = Extract<ProcedureName, `functions.${string}` | `label-models.${string}` | `annotation.${string}`>
type LabelHandlers = { readonly [P in LabelProcedure]: (input: ParsedInputOf<Procedures[P]>) => OutputOf<Procedures[P]> }

/** What the fake label procedures read and change. */
export interface FakeLabels {
  labels: Map<number, number | null>
  functions: LabelingFunction[]
}

/** Handlers of annotation, labeling functions and label models over synthetic rows. */
export function fakeLabels(state: FakeLabels, countOf: (datasetId: string) => number, change: (title: string, again: () => void, back: () => void) => JournalState, startJob: (kind: string, name: string) => string): LabelHandlers {
  const newest = (datasetId: string): LabelingFunction[] =>
    state.functions.filter((one) => one.datasetId === datasetId && !state.functions.some((other) => other.name === one.name && other.version > one.version))
  const put = (functions: LabelingFunction[]): void => void (state.functions = functions)
  return {
    'annotation.queue': ({ datasetId, limit }) => {
      const total = countOf(datasetId)
      const rows: number[] = []
      for (let row = 0; row < total && rows.length < limit; row += 1) if ((state.labels.get(row) ?? null) === null) rows.push(row)
      return { rows: Int32Array.from(rows), waiting: total - [...state.labels.values()].filter((label) => label !== null).length, total }
    },
    'annotation.suggestions': ({ rows }) => ({ labels: Int32Array.from(rows, (row) => (row < 2000 ? truthOf(row) : -1)), confidences: new Float32Array(rows.length).fill(0.71) }),
    'annotation.agreement': ({ sourceIds }) => ({
      annotators: sourceIds.map((sourceId) => ({ sourceId, name: sourceId, labelled: 40, quality: 0.91 })), shared: 40, fleissKappa: 0.78, krippendorffAlpha: 0.79,
      pairs: [{ first: 0, second: 1, both: 40, agree: 36, cohenKappa: 0.8 }],
      conflicts: [{ row: 3, labels: [1, 7], consensus: 7, confidence: 0.62 }, { row: 8, labels: [4, 9], consensus: 9, confidence: 0.81 }], conflictCount: 2
    }),
    'functions.list': ({ datasetId }) => newest(datasetId),
    'functions.versions': ({ datasetId, name }) => state.functions.filter((one) => one.datasetId === datasetId && one.name === name).reverse(),
    'functions.save': ({ datasetId, name, definition }) => {
      const version = state.functions.filter((one) => one.datasetId === datasetId && one.name === name).length + 1
      const saved: LabelingFunction = { id: `function-${state.functions.length}`, datasetId, name, version, definition, sourceId: null, enabled: true, createdAt: Date.now() }
      const before = state.functions
      change(`Write labeling function "${name}"`, () => put([...before, saved]), () => put(before))
      return saved
    },
    'functions.set-enabled': ({ functionId, enabled }) => {
      const before = state.functions
      return change('Use labeling function', () => put(before.map((one) => (one.id === functionId ? { ...one, enabled } : one))), () => put(before))
    },
    'functions.set-deleted': ({ name }) => {
      const before = state.functions
      return change('Delete labeling function', () => put(before.filter((one) => one.name !== name)), () => put(before))
    },
    'functions.preview': ({ definition }) => ({
      rows: 2000, coverage: definition.kind === 'keywords' ? definition.words.length / 10 : 0.2, overlaps: 0.05, conflicts: 0.01, dev: { votes: 40, correct: 36, accuracy: 0.9 },
      hits: [{ row: 3, vote: 1, truth: 1, text: 'free money inside', match: [0, 10] }], misses: [], milliseconds: 12.4
    }),
    'functions.apply': ({ datasetId, functionIds }) => {
      const wanted = functionIds ?? newest(datasetId).filter((one) => one.enabled && one.sourceId === null).map((one) => one.id)
      return { jobId: wanted.length === 0 ? null : startJob('apply-functions', 'Apply labeling functions') }
    },
    'functions.table': ({ datasetId }) => {
      const functions = newest(datasetId).filter((one) => one.enabled && one.sourceId !== null)
      const square = functions.length * functions.length
      return {
        rows: 10_000, coverage: 0.6, overlap: 0.2, conflict: 0.05, pairs: { bothVote: new Float64Array(square), agree: new Float64Array(square), conflict: new Float64Array(square).fill(0.01) },
        functions: functions.map(({ name }) => ({ name, polarity: [1], coverage: 0.3, overlaps: 0.1, conflicts: 0.02, correct: 90, incorrect: 10, empiricalAccuracy: 0.9 }))
      }
    },
    'functions.suggest': () => ({
      terms: [
        { text: 'free money', label: 1, count: 400, coverage: 0.04, precision: { value: 0.95, interval: [0.89, 0.98], n: 80 } },
        { text: 'minutes', label: 0, count: 350, coverage: 0.035, precision: { value: 0.91, interval: [0.83, 0.95], n: 70 } }
      ],
      clusters: [{ size: 120, terms: ['offer', 'price'], rows: [1, 4, 9] }], uncovered: 4000, conflicting: 120
    }),
    'label-models.run': ({ method }) => ({ jobId: startJob('label-model', method) })
  }
}
