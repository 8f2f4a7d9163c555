import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createClient } from '../../client.ts'
import { provideClient } from '../../connection.ts'
import { currentPlace } from '../../location.ts'
import { useDatasets } from '../../stores/datasets.ts'
import { useExperiments } from '../../stores/experiments.ts'
import { useNotices } from '../../stores/notices.ts'
import { dataset } from '../../testing/synthetic.ts'
import { createFakeTransport, type FakeTransport, fullState } from '../../testing/fake-transport.ts'
import { useTraining } from './use-training.ts'

let transport: FakeTransport
const sourceOf = (id: string) => {
  const found = useDatasets().sourcesOf(dataset.id).find((one) => one.id === id)
  if (found === undefined) throw new Error(`There is no source ${id}.`)
  return found
}

beforeEach(async () => {
  setActivePinia(createPinia())
  vi.stubGlobal('history', { pushState: () => undefined, replaceState: () => undefined })
  transport = createFakeTransport(fullState())
  provideClient(createClient(transport))
  await useDatasets().load()
})
afterEach(() => vi.unstubAllGlobals())

describe('the ways from labels to training', () => {
  it('start at once on soft labels, say so and go there', async () => {
    await useTraining().trainOnSoftLabels(dataset, sourceOf('teacher'))
    const [started] = useExperiments().list
    expect(started).toMatchObject({ kind: 'training', name: 'Soft labels of weak teacher, seed 0 against hard, majority and truth', config: { seeds: [0, 1, 2], datasetId: dataset.id } })
    expect(started?.kind === 'training' ? started.config.arms.map(({ name, labels }) => [name, labels.form]) : []).toEqual([['soft labels of weak teacher, seed 0', 'soft'], ['hard labels of weak teacher, seed 0', 'hard'], ['ceiling', 'hard']])
    expect(currentPlace.value).toMatchObject({ view: 'experiments', id: started?.id })
    expect(useNotices().latest?.message).toContain('Started')
  })
  it('open the form with a preset and a filter, and bring back what was there', () => {
    const training = useTraining()
    const draft = training.draftOf(dataset.id)
    expect(draft.value.arms.map(({ labels }) => labels)).toEqual(['source:given'])
    training.openPreset(dataset, sourceOf('teacher'), 'soft', { kind: 'and', parts: [{ kind: 'rows', from: 0, to: 99 }] })
    expect(currentPlace.value).toMatchObject({ view: 'train', id: dataset.id })
    expect([draft.value.arms.length, draft.value.filter]).toEqual([3, { kind: 'and', parts: [{ kind: 'rows', from: 0, to: 99 }] }])
    training.openPreset(dataset, sourceOf('given'), 'soft')
    expect(draft.value.arms).toHaveLength(3)
    training.restore(dataset.id)
    expect([draft.value.arms.length, draft.value.filter, training.canRestore(dataset.id)]).toEqual([1, null, false])
  })
  it('open the form with what an experiment was', async () => {
    const training = useTraining()
    await training.trainOnSoftLabels(dataset, sourceOf('teacher'))
    const [started] = useExperiments().list
    if (started?.kind !== 'training') throw new Error('No training was started.')
    training.openAgain({ ...started.config, epochs: 7 })
    expect(training.draftOf(dataset.id).value).toMatchObject({ values: { epochs: '7' }, arms: [{ form: 'soft', name: '' }, { form: 'hard' }, { role: 'ceiling' }] })
  })
})
