import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import * as v from 'valibot'
import { createClient } from '../../client.ts'
import { provideClient } from '../../connection.ts'
import { NoiseCheckRequest } from '../../../shared/domain/noise-check.ts'
import { TrainingConfig } from '../../../shared/domain/training.ts'
import { useDatasets } from '../../stores/datasets.ts'
import { useJournal } from '../../stores/journal.ts'
import { useNoise } from '../../stores/noise.ts'
import { useNotices } from '../../stores/notices.ts'
import { synchronise } from '../../stores/synchronise.ts'
import { makeCheck, trueLabel } from '../../testing/fake-noise.ts'
import { createFakeTransport, type FakeTransport, fullState } from '../../testing/fake-transport.ts'
import { truthOf } from '../../testing/synthetic.ts'
import { emptyCheckDraft, readCheckDraft, usualChecked } from './check-draft.ts'
import { selectedLayer } from './point-raster.ts'
import { retrainConfig } from './retrain-config.ts'
import { maskOf, rowsIn } from './row-mask.ts'
import { useExploration } from './use-exploration.ts'

let transport: FakeTransport
let sync: ReturnType<typeof synchronise>
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))
const plain = { shiftKey: false, ctrlKey: false, metaKey: false }

beforeEach(async () => {
  setActivePinia(createPinia())
  vi.stubGlobal('document', { hidden: true })
  transport = createFakeTransport(fullState())
  provideClient(createClient(transport))
  sync = synchronise()
  await sync.ready
})
afterEach(() => {
  sync.stop()
  vi.unstubAllGlobals()
})

const endJob = (jobId: string, status: 'done' | 'failed' = 'done'): void => {
  transport.state.jobs = transport.state.jobs.map((job) => (job.id === jobId ? { ...job, status } : job))
  transport.send({ topic: 'jobs.changed', payload: { jobs: transport.state.jobs.filter((job) => job.id === jobId) } })
}

describe('checks', () => {
  it('are read, started, followed to their end and announced, and the columns they make are read', async () => {
    const [noise, notices] = [useNoise(), useNotices()]
    await noise.load('mnist')
    expect(noise.of('mnist').map(({ id }) => id)).toEqual(['check-1'])
    const jobId = await noise.startCheck({ datasetId: 'mnist', sourceId: 'given' })
    expect(noise.jobsOf('mnist', 'check').map(({ id }) => id)).toEqual([jobId])
    transport.state.checks = [makeCheck('mnist', 10_000, 'check-2'), ...transport.state.checks]
    transport.state.calls.length = 0
    endJob(jobId)
    await settle()
    expect(noise.of('mnist').map(({ id }) => id)).toEqual(['check-2', 'check-1'])
    expect([noise.jobsOf('mnist', 'check').length, transport.state.calls.filter((call) => call === 'datasets.columns').length]).toEqual([0, 1])
    expect(notices.latest?.message).toBe('Checked 10,000 labels: 2,020 are suspicious')
  })
  it('are deleted', async () => {
    const noise = useNoise()
    await noise.load('mnist')
    const [check] = noise.of('mnist')
    if (check !== undefined) await noise.remove(check)
    expect(noise.of('mnist')).toEqual([])
  })
  it('that are refused reject with the field', async () => {
    await expect(useNoise().startCheck({ datasetId: 'gone', sourceId: 'given' })).rejects.toMatchObject({ payload: { code: 'not-found', field: 'request.datasetId' } })
  })
})

describe('decisions', () => {
  it('label each row as suggested or as given, in one step of undo', async () => {
    const [noise, journal] = [useNoise(), useJournal()]
    expect(await noise.decide('check-1', [0, 5, 7], 'suggested', 'me')).toBe(true)
    expect([0, 5, 7].map((row) => transport.state.labels.get(row))).toEqual([0, 5, 7].map(trueLabel))
    await noise.decide('check-1', [5], 'given', 'me')
    expect(transport.state.labels.get(5)).toBe(truthOf(5))
    expect(journal.state.undo.depth).toBe(2)
    await journal.undo()
    await journal.undo()
    expect(transport.state.labels.size).toBe(0)
  })
})

describe('what is looked at of a check', () => {
  async function explore() {
    const noise = useNoise()
    await noise.load('mnist')
    const scope = effectScope()
    const exploration = scope.run(() => useExploration(ref(useDatasets().find('mnist')), ref(noise.of('mnist')[0] ?? null)))
    if (exploration === undefined) throw new Error('The scope ran nothing.')
    await settle()
    return { exploration, end: () => scope.stop() }
  }
  it('starts with what the ensemble flags, and the threshold that flags as many', async () => {
    const { exploration, end } = await explore()
    expect(exploration.scoreName.value).toBe('ensemble')
    expect(exploration.counts.value.countAt(exploration.threshold.value)).toBe(exploration.list.value.length)
    const scores = Array.from(exploration.list.value, (row) => exploration.score.value[row] ?? 0)
    expect(scores).toEqual(scores.toSorted((a, b) => a - b))
    exploration.setScope('below')
    exploration.setThreshold(0.05)
    expect(exploration.list.value.length).toBe(exploration.counts.value.qualityAt(0.05).flagged)
    exploration.resetThreshold()
    expect(exploration.threshold.value).toBeGreaterThan(0.05)
    end()
  })
  it('selects by places of the list, extends, toggles, and keeps the row where the list changes', async () => {
    const { exploration, end } = await explore()
    const at = (place: number): number => exploration.list.value[place] ?? -1
    exploration.go(3, plain)
    exploration.go(5, { ...plain, shiftKey: true })
    expect(exploration.selectedRows()).toEqual([at(3), at(4), at(5)].toSorted((a, b) => a - b))
    exploration.go(4, { ...plain, ctrlKey: true })
    expect(exploration.selection.value.count).toBe(2)
    const row = at(4)
    exploration.setScope('all')
    expect(at(exploration.current.value)).toBe(row)
    expect(exploration.layers.value.filter((layer) => layer === selectedLayer).length).toBe(2)
    end()
  })
  it('lists and selects what was drawn around, adds to it, and lets it go', async () => {
    const { exploration, end } = await explore()
    const some = Array.from(exploration.list.value.slice(0, 3))
    exploration.brush(maskOf(exploration.total.value, some), false)
    expect([Array.from(exploration.list.value), exploration.selection.value.count]).toEqual([some, 3])
    const fourth = exploration.counts.value.order[3] ?? 0
    exploration.brush(maskOf(exploration.total.value, [fourth]), true)
    expect(rowsIn(exploration.selection.value)).toEqual([...some, fourth].toSorted((a, b) => a - b))
    exploration.brush(maskOf(exploration.total.value, []), false)
    expect([exploration.region.value, exploration.selection.value.count]).toEqual([null, 0])
    end()
  })
  it('limits the list to a cell of the matrix, and shows a point that the list leaves out', async () => {
    const { exploration, end } = await explore()
    const first = exploration.list.value[0] ?? 0
    exploration.drill({ given: truthOf(first), suggested: trueLabel(first), truth: null })
    expect(exploration.list.value.length).toBeGreaterThan(0)
    expect(Array.from(exploration.list.value).every((row) => truthOf(row) === truthOf(first) && trueLabel(row) === trueLabel(first))).toBe(true)
    const fine = exploration.counts.value.order.at(-1) ?? 0
    exploration.pick(fine, plain)
    await nextTick()
    expect([exploration.scope.value, exploration.cell.value, exploration.row.value]).toEqual(['all', null, fine])
    end()
  })
})

describe('the form of a check', () => {
  const dataset = (): NonNullable<ReturnType<ReturnType<typeof useDatasets>['find']>> => {
    const found = useDatasets().find('mnist')
    if (found === null) throw new Error('The fake bench has no data set.')
    return found
  }
  it('starts with defaults that make a whole request', () => {
    const { request } = readCheckDraft(emptyCheckDraft, dataset(), useDatasets().sourcesOf('mnist'))
    expect(v.parse(NoiseCheckRequest, request)).toMatchObject({ sourceId: 'given', probabilities: { from: 'cross-validation', folds: 5, epochs: 10, model: { kind: 'dense', hidden: [128] } }, truthSourceId: null })
  })
  it('names mistakes at their fields, and only those of fields that count', () => {
    const draft = { ...emptyCheckDraft, folds: '1', hidden: '128, x', neighbours: '0' }
    expect(readCheckDraft(draft, dataset(), useDatasets().sourcesOf('mnist')).errors).toMatchObject({ folds: 'A whole number from 2 to 20.', hidden: expect.stringContaining('widths') as string, neighbours: expect.any(String) as string })
    expect(readCheckDraft({ ...draft, detectors: ['neighbour-vote'], neighbours: '5' }, dataset(), useDatasets().sourcesOf('mnist')).errors).toBeNull()
    expect(readCheckDraft({ ...emptyCheckDraft, detectors: [] }, dataset(), useDatasets().sourcesOf('mnist')).errors).toHaveProperty('detectors')
  })
  it('takes probabilities of a source, and asks for one where there is none', () => {
    const sources = useDatasets().sourcesOf('mnist')
    expect(readCheckDraft({ ...emptyCheckDraft, from: 'source' }, dataset(), sources).request).toMatchObject({ probabilities: { from: 'source', sourceId: 'teacher' } })
    expect(readCheckDraft({ ...emptyCheckDraft, from: 'source' }, dataset(), sources.filter(({ kind }) => kind !== 'model')).errors).toHaveProperty('from')
  })
  it('checks the newest given labels where nobody has chosen', () => {
    const [given] = useDatasets().sourcesOf('mnist')
    if (given === undefined) throw new Error('The fake bench has no labels.')
    expect(usualChecked([given, { ...given, id: 'noisy' }, { ...given, id: 'empty', labelled: 0 }, { ...given, id: 'truth', kind: 'truth' }])?.id).toBe('noisy')
  })
})

describe('retraining', () => {
  it('has two arms that differ in their labels alone, judged by the truth, else by the corrected labels', () => {
    const [given] = useDatasets().sourcesOf('mnist')
    if (given === undefined) throw new Error('The fake bench has no labels.')
    const check = { ...makeCheck('mnist', 100), request: v.parse(NoiseCheckRequest, { datasetId: 'mnist', sourceId: 'given', probabilities: { from: 'cross-validation', epochs: 7, model: { kind: 'linear' } } }) }
    const corrected = { ...given, id: 'corrected', kind: 'aggregate' as const, name: 'given, corrected' }
    const config = v.parse(TrainingConfig, retrainConfig(check, given, corrected, [given, corrected]))
    expect(config).toMatchObject({ evaluationSourceId: 'corrected', epochs: 7, model: { kind: 'linear' }, seeds: [0, 1, 2] })
    expect(config.arms.map(({ labels }) => labels)).toEqual([{ from: 'source', sourceId: 'given', form: 'hard' }, { from: 'source', sourceId: 'corrected', form: 'hard' }])
    expect(retrainConfig(check, given, corrected, [given, corrected, { ...given, id: 'truth', kind: 'truth', name: 'truth' }]).evaluationSourceId).toBe('truth')
  })
})
