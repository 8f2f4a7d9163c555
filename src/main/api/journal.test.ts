import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TestCore } from '../hosts/testing/test-core.ts'
import { splits } from '../../shared/domain/dataset.ts'
import { openBench } from '../store/bench.ts'
import { addDataset, weakToStrongDefaults } from '../store/fixtures/sample-bench.ts'
import { temporaryFolder } from '../store/fixtures/temporary-folder.ts'

interface Ids {
  readonly path: string
  readonly dataset: string
  readonly experiment: string
  readonly runs: readonly string[]
}

/** A file with one small data set and an experiment of three runs. */
function prepare(): Ids {
  const path = `${temporaryFolder()}/test.weakbench`
  const bench = openBench(path, { create: true })
  const dataset = addDataset(bench).id
  bench.labels.ensureSource(dataset, 'given', 'given')
  const experiment = bench.experiments.insert('weak-to-strong', 'first', weakToStrongDefaults).id
  const jobId = bench.jobs.insert({ kind: 'check-bench', name: 'job', input: {}, experimentId: experiment }).id
  bench.jobs.end(jobId, 'done', null)
  const runs = ['a', 'b', 'c'].map((key) => {
    const run = bench.runs.begin({ key, name: key, arm: key, role: 'single', seed: 0, config: {}, engine: 'none', codeVersion: '0' }, { jobId, experimentId: experiment, datasetVersionId: null, parentId: null })
    bench.runs.end(run.id, 'done', null)
    return run.id
  })
  bench.close()
  return { path, dataset, experiment, runs }
}

/** All that a person can change, read back through the contract. */
async function stateOf(core: TestCore, { dataset, experiment, runs }: Ids): Promise<unknown> {
  const datasets = await core.call('datasets.list', {})
  const { name, notes, deletedAt } = await core.call('experiments.get', { experimentId: experiment })
  const seen = await Promise.all(runs.map((runId) => core.call('runs.get', { runId })))
  return {
    dataset: datasets.map((item) => item.name),
    labels: datasets.length === 0 ? 'deleted' : await labelsOf(core, dataset),
    experiment: [name, notes, deletedAt !== null],
    runs: seen.map((run) => [run.name, run.notes, run.tags, run.deletedAt !== null])
  }
}

async function labelsOf(core: TestCore, datasetId: string): Promise<unknown> {
  const [given, annotator] = await core.call('datasets.sources', { datasetId })
  const shown = (annotator ?? given)?.id ?? ''
  const view = await core.call('datasets.view', { datasetId, filter: { kind: 'and', parts: [] }, sourceIds: [shown] })
  return { labels: [...(view.labels[0] ?? [])], splits: [...view.splits] }
}

test('every change is undone and made again, each in a core opened anew', { timeout: 60_000 }, async () => {
  const ids = prepare()
  const [runId = '', second = ''] = ids.runs
  const { dataset: datasetId, experiment: experimentId } = ids
  let core = await TestCore.open(temporaryFolder(), { benchPath: ids.path })
  const reopen = async (): Promise<void> => {
    await core.close()
    core = await TestCore.open(temporaryFolder(), { benchPath: ids.path })
  }
  const steps = [
    () => core.call('datasets.rename', { datasetId, name: 'ten digits' }),
    () => core.call('datasets.set-labels', { datasetId, rows: [1, 3, 3], label: 1 }),
    () => core.call('datasets.set-labels', { datasetId, rows: [3, 4], label: null }),
    () => core.call('datasets.set-split', { datasetId, rows: [0, 9], split: 'test' }),
    () => core.call('datasets.set-split', { datasetId, rows: [9], split: null }),
    () => core.call('datasets.set-deleted', { datasetId, deleted: true }),
    () => core.call('datasets.set-deleted', { datasetId, deleted: false }),
    () => core.call('experiments.rename', { experimentId, name: 'renamed' }),
    () => core.call('experiments.set-notes', { experimentId, notes: 'a note' }),
    () => core.call('experiments.set-deleted', { experimentId, deleted: true }),
    () => core.call('experiments.set-deleted', { experimentId, deleted: false }),
    () => core.call('runs.rename', { runId, name: 'best' }),
    () => core.call('runs.set-notes', { runId, notes: 'look at this' }),
    () => core.call('runs.set-tags', { runId, tags: ['keep', 'keep', 'paper'] }),
    () => core.call('runs.set-deleted', { runIds: [runId, second], deleted: true }),
    () => core.call('runs.set-deleted', { runIds: [second], deleted: false })
  ]
  const states = [await stateOf(core, ids)]
  for (const step of steps) {
    await step()
    const state = await stateOf(core, ids)
    expect(state).not.toEqual(states.at(-1))
    states.push(state)
  }
  const titles = (await core.call('journal.list', {})).map((entry) => entry.title).reverse()
  expect(new Set(titles).size).toBe(steps.length)
  for (let depth = steps.length - 1; depth >= 0; depth--) {
    await reopen()
    const journal = await core.call('journal.undo', {})
    expect(journal).toEqual({ undo: { depth, title: titles[depth - 1] ?? null }, redo: { depth: steps.length - depth, title: titles[depth] } })
    expect(await stateOf(core, ids)).toEqual(states[depth])
  }
  expect(await core.call('journal.undo', {})).toMatchObject({ undo: { depth: 0 }, redo: { depth: steps.length } })
  for (let depth = 1; depth <= steps.length; depth++) {
    await reopen()
    await core.call('journal.redo', {})
    expect(await stateOf(core, ids)).toEqual(states[depth])
  }
  expect(await core.call('journal.redo', {})).toMatchObject({ undo: { depth: steps.length }, redo: { depth: 0 } })
})

/** What the file should hold; every change replaces it, and undo goes back through what it was. */
interface Model {
  readonly names: Readonly<Record<string, string>>
  readonly notes: Readonly<Record<string, string>>
  readonly tags: readonly (readonly string[])[]
  readonly deletedRuns: readonly boolean[]
  readonly deletedExperiment: boolean
  readonly deletedDataset: boolean
  readonly labels: readonly number[]
  readonly splits: readonly number[]
}

const beginning: Model = {
  names: { dataset: 'digits', experiment: 'first', 0: 'a', 1: 'b', 2: 'c' },
  notes: { experiment: '', 0: '', 1: '', 2: '' },
  tags: [[], [], []],
  deletedRuns: [false, false, false],
  deletedExperiment: false,
  deletedDataset: false,
  labels: Array<number>(10).fill(-1),
  splits: Array<number>(10).fill(-1)
}

const expected = (model: Model): unknown => ({
  dataset: model.deletedDataset ? [] : [model.names['dataset']],
  labels: model.deletedDataset ? 'deleted' : { labels: model.labels, splits: model.splits },
  experiment: [model.names['experiment'], model.notes['experiment'], model.deletedExperiment],
  runs: [0, 1, 2].map((run) => [model.names[run], model.notes[run], model.tags[run], model.deletedRuns[run]])
})

type Change =
  | { readonly do: 'rename'; readonly what: 'dataset' | 'experiment' | 0 | 1 | 2; readonly text: string }
  | { readonly do: 'note'; readonly what: 'experiment' | 0 | 1 | 2; readonly text: string }
  | { readonly do: 'tag'; readonly run: 0 | 1 | 2; readonly tags: readonly string[] }
  | { readonly do: 'label'; readonly rows: readonly number[]; readonly label: number | null }
  | { readonly do: 'split'; readonly rows: readonly number[]; readonly split: number }
  | { readonly do: 'delete'; readonly what: 'dataset' | 'experiment' | readonly (0 | 1 | 2)[]; readonly deleted: boolean }

type Action = Change | { readonly do: 'undo' } | { readonly do: 'redo' } | { readonly do: 'reopen' }

const word = fc.constantFrom('x', 'naïve', 'seed · 3', '"quoted"', '😀')
const run = fc.constantFrom(0 as const, 1 as const, 2 as const)
const rows = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 })
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ do: fc.constant('rename' as const), what: fc.oneof(run, fc.constantFrom('dataset' as const, 'experiment' as const)), text: word }),
  fc.record({ do: fc.constant('note' as const), what: fc.oneof(run, fc.constant('experiment' as const)), text: fc.oneof(word, fc.constant('')) }),
  fc.record({ do: fc.constant('tag' as const), run, tags: fc.array(word, { maxLength: 4 }) }),
  fc.record({ do: fc.constant('label' as const), rows, label: fc.constantFrom(0, 1, null) }),
  fc.record({ do: fc.constant('split' as const), rows, split: fc.integer({ min: -1, max: splits.length - 1 }) }),
  fc.record({ do: fc.constant('delete' as const), what: fc.oneof(fc.constantFrom('dataset' as const, 'experiment' as const), fc.uniqueArray(run, { minLength: 1 })), deleted: fc.boolean() }),
  { weight: 5, arbitrary: fc.constant({ do: 'undo' as const }) },
  { weight: 3, arbitrary: fc.constant({ do: 'redo' as const }) },
  fc.constant({ do: 'reopen' as const })
)

const put = <T>(list: readonly T[], places: readonly number[], value: T): readonly T[] => list.map((old, index) => (places.includes(index) ? value : old))

/** The model after a change; the same object where nothing happens, and null where it must be refused. */
function next(model: Model, made: Change): Model | null {
  switch (made.do) {
    case 'rename':
      return made.what === 'dataset' && model.deletedDataset ? null : { ...model, names: { ...model.names, [made.what]: made.text } }
    case 'note':
      return { ...model, notes: { ...model.notes, [made.what]: made.text } }
    case 'tag':
      return { ...model, tags: put<readonly string[]>(model.tags, [made.run], [...new Set(made.tags)]) }
    case 'label':
      return model.deletedDataset ? null : { ...model, labels: put(model.labels, made.rows, made.label ?? -1) }
    case 'split':
      return model.deletedDataset ? null : { ...model, splits: put(model.splits, made.rows, made.split) }
    case 'delete':
      if (made.what === 'dataset') return made.deleted === model.deletedDataset ? model : { ...model, deletedDataset: made.deleted }
      if (made.what === 'experiment') return made.deleted === model.deletedExperiment ? model : { ...model, deletedExperiment: made.deleted }
      return made.what.every((each) => model.deletedRuns[each] === made.deleted) ? model : { ...model, deletedRuns: put(model.deletedRuns, made.what, made.deleted) }
  }
}

function perform(core: TestCore, { dataset: datasetId, experiment: experimentId, runs }: Ids, made: Change) {
  const runId = (index: number): string => runs[index] ?? ''
  switch (made.do) {
    case 'rename':
      if (made.what === 'dataset') return core.reply('datasets.rename', { datasetId, name: made.text })
      return made.what === 'experiment' ? core.reply('experiments.rename', { experimentId, name: made.text }) : core.reply('runs.rename', { runId: runId(made.what), name: made.text })
    case 'note':
      return made.what === 'experiment' ? core.reply('experiments.set-notes', { experimentId, notes: made.text }) : core.reply('runs.set-notes', { runId: runId(made.what), notes: made.text })
    case 'tag':
      return core.reply('runs.set-tags', { runId: runId(made.run), tags: made.tags })
    case 'label':
      return core.reply('datasets.set-labels', { datasetId, rows: made.rows, label: made.label })
    case 'split':
      return core.reply('datasets.set-split', { datasetId, rows: made.rows, split: splits[made.split] ?? null })
    case 'delete':
      if (made.what === 'dataset') return core.reply('datasets.set-deleted', { datasetId, deleted: made.deleted })
      return made.what === 'experiment' ? core.reply('experiments.set-deleted', { experimentId, deleted: made.deleted }) : core.reply('runs.set-deleted', { runIds: made.what.map(runId), deleted: made.deleted })
  }
}

test('random changes, undone and made again across restarts, leave what a model of them says', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 10, maxLength: 40 }), async (actions) => {
      const ids = prepare()
      let core = await TestCore.open(temporaryFolder(), { benchPath: ids.path })
      let past: readonly Model[] = [beginning]
      let undone: readonly Model[] = []
      const now = (): Model => past.at(-1) ?? beginning
      for (const made of actions) {
        if (made.do === 'reopen') {
          await core.close()
          core = await TestCore.open(temporaryFolder(), { benchPath: ids.path })
        } else if (made.do === 'undo') {
          await core.call('journal.undo', {})
          if (past.length > 1) [past, undone] = [past.slice(0, -1), [now(), ...undone]]
        } else if (made.do === 'redo') {
          await core.call('journal.redo', {})
          const [again, ...rest] = undone
          if (again !== undefined) [past, undone] = [[...past, again], rest]
        } else {
          const wanted = next(now(), made)
          expect((await perform(core, ids, made)).ok).toBe(wanted !== null)
          if (wanted !== null && wanted !== now()) [past, undone] = [[...past, wanted], []]
        }
        expect(await stateOf(core, ids)).toEqual(expected(now()))
        expect(await core.call('journal.state', {})).toMatchObject({ undo: { depth: past.length - 1 }, redo: { depth: undone.length } })
      }
      await core.close()
    }),
    { numRuns: 15, seed: 8 }
  )
})
