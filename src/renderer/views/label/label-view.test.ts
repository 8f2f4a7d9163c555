import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, shallowRef, type EffectScope } from 'vue'
import type { DatasetColumn } from '../../../shared/domain/column.ts'
import type { LabelingFunctionDefinition } from '../../../shared/domain/labeling-function.ts'
import type { LabelSource } from '../../../shared/domain/dataset.ts'
import type { FunctionSummary } from '../../../shared/domain/weak-labels.ts'
import { createClient } from '../../client.ts'
import { provideClient } from '../../connection.ts'
import { mail, mailColumns } from '../../testing/fake-data.ts'
import { createFakeTransport, fullState, type FakeTransport } from '../../testing/fake-transport.ts'
import { leaksLabel } from './example-columns.ts'
import { draftOf, emptyDraft, fieldOf, freeName, readDraft, type FunctionDraft } from './function-draft.ts'
import { nextSort, sortFunctions } from './function-order.ts'
import { reportOf } from './label-model-report.ts'
import { labelsPerMinute } from './label-rate.ts'
import { readModel, type ModelDraft } from './model-form.ts'
import { formatOf, votePath, withVoteEnding } from './votes/vote-path.ts'
import { previewDelay, usePreview, type PreviewQuestion } from './use-preview.ts'

const context = { dataset: mail, columns: mailColumns }
const keywords = (...words: string[]): LabelingFunctionDefinition => ({ kind: 'keywords', columns: ['subject'], words, all: false, caseSensitive: false, wholeWords: true, label: 1 })

describe('previews', () => {
  let transport: FakeTransport
  let scope: EffectScope
  const asked = (): number => transport.state.calls.filter((call) => call === 'functions.preview').length
  beforeEach(() => {
    vi.useFakeTimers()
    setActivePinia(createPinia())
    transport = createFakeTransport(fullState())
    provideClient(createClient(transport))
    scope = effectScope()
  })
  afterEach(() => {
    scope.stop()
    vi.useRealTimers()
  })
  const question = (...words: string[]): PreviewQuestion => ({ datasetId: 'mail', definition: keywords(...words), name: null, truthSourceId: null })
  const open = (first: PreviewQuestion | null) => {
    const source = shallowRef(first)
    const preview = scope.run(() => usePreview(() => source.value))
    if (preview === undefined) throw new Error('The scope has ended.')
    return { source, ...preview }
  }

  it('are asked for once typing rests', async () => {
    const { source, preview, working } = open(question('a'))
    for (const word of ['ab', 'abc', 'abcd']) {
      await vi.advanceTimersByTimeAsync(previewDelay - 50)
      source.value = question(word)
      await nextTick()
    }
    expect([asked(), working.value]).toEqual([0, true])
    await vi.advanceTimersByTimeAsync(previewDelay)
    expect([asked(), working.value, preview.value?.coverage]).toEqual([1, false, 0.1])
  })

  it('drop an answer that comes after the next question', async () => {
    let answer: (() => void) | null = null
    provideClient(createClient({ ...transport, invoke: (id, procedure, input) => new Promise((resolve) => (answer === null ? (answer = () => resolve(transport.invoke(id, procedure, input))) : resolve(transport.invoke(id, procedure, input)))) }))
    const { source, preview } = open(question('slow', 'one', 'two'))
    await vi.advanceTimersByTimeAsync(previewDelay)
    source.value = question('fast')
    await nextTick()
    await vi.advanceTimersByTimeAsync(previewDelay)
    expect(preview.value?.coverage).toBe(0.1)
    ;(answer as (() => void) | null)?.()
    await vi.advanceTimersByTimeAsync(10)
    expect(preview.value?.coverage).toBe(0.1)
  })

  it('say nothing of a function that is not complete', async () => {
    const { source, preview, working } = open(question('a'))
    await vi.advanceTimersByTimeAsync(previewDelay)
    source.value = null
    await nextTick()
    expect([preview.value, working.value]).toEqual([null, false])
    await vi.advanceTimersByTimeAsync(1000)
    expect(asked()).toBe(1)
  })
})

describe('a draft', () => {
  const draft = (fields: Partial<FunctionDraft>): FunctionDraft => ({ ...emptyDraft(context), ...fields })
  it('is read back as it was stored, for every kind', () => {
    const definitions: readonly LabelingFunctionDefinition[] = [
      keywords('free money', 'winner'),
      { kind: 'pattern', columns: ['subject'], pattern: '\\bfree\\b', flags: 'im', label: 1 },
      { kind: 'interval', column: 'words', from: null, to: 12.5, label: 0 },
      { kind: 'expression', expression: 'words > 3', label: 1 },
      { kind: 'javascript', code: 'return null' },
      { kind: 'nearest-prototype', prototypes: [{ row: 3, label: 0 }, { row: 9, label: 0 }, { row: 7, label: 1 }], radius: null },
      { kind: 'run', runId: 'r1', confidence: 0.75 }
    ]
    for (const definition of definitions) expect(readDraft(draftOf(context, 'f', definition), context)).toEqual({ definition, problems: {} })
  })
  it('says at the field what is missing or wrong', () => {
    const problems = (fields: Partial<FunctionDraft>): string[] => Object.keys(readDraft(draft(fields), context).problems)
    expect(problems({ kind: 'keywords', words: ' \n ' })).toEqual(['words'])
    expect(problems({ kind: 'keywords', words: 'a', columns: ['gone'] })).toEqual(['columns'])
    expect(problems({ kind: 'pattern', pattern: '(' })).toEqual(['pattern'])
    expect(problems({ kind: 'pattern', pattern: 'a', flags: 'g' })).toEqual(['flags'])
    expect(problems({ kind: 'interval', from: 'x' })).toEqual(['from'])
    expect(problems({ kind: 'interval', from: '9', to: '3' })).toEqual(['from'])
    expect(problems({ kind: 'nearest-prototype', prototypes: { 0: '1, 2000000' } })).toEqual(['prototypes'])
    expect(problems({ kind: 'run', runId: 'r', confidence: '1.2' })).toEqual(['confidence'])
  })
  it('tells why a pattern cannot be read', () => {
    expect(readDraft(draft({ kind: 'pattern', pattern: 'free(' }), context).problems.pattern).toBe('Unterminated group.')
  })
  it('finds the field that an error of the bench is about', () => {
    expect([fieldOf('definition.label', 'keywords'), fieldOf('expression.7', 'expression'), fieldOf('row 12', 'javascript'), fieldOf('row 12', 'interval'), fieldOf(undefined, 'pattern')]).toEqual(['label', 'expression', 'code', null, null])
  })
  it('gets a name that is free', () => {
    expect([freeName('free', []), freeName('free', ['free', 'free 2'])]).toEqual(['free', 'free 3'])
  })
})

describe('the labeling-function table', () => {
  const row = (name: string, coverage: number, empiricalAccuracy: number | null): FunctionSummary => ({ name, polarity: [1], coverage, overlaps: 0, conflicts: 0, correct: null, incorrect: null, empiricalAccuracy })
  const rows = [row('b', 0.2, null), row('a', 0.5, 0.6), row('c', 0.3, 0.9)]
  it('sorts, with the unknown last either way', () => {
    expect(sortFunctions(rows, { by: 'name', descending: false })).toEqual([1, 0, 2])
    expect(sortFunctions(rows, { by: 'empiricalAccuracy', descending: true })).toEqual([2, 1, 0])
    expect(sortFunctions(rows, { by: 'empiricalAccuracy', descending: false })).toEqual([1, 2, 0])
  })
  it('goes through both directions and back to the order of the list', () => {
    const first = nextSort({ by: 'order', descending: false }, 'coverage')
    const second = nextSort(first, 'coverage')
    expect([first, second, nextSort(second, 'coverage')]).toEqual([{ by: 'coverage', descending: true }, { by: 'coverage', descending: false }, { by: 'order', descending: false }])
  })
})

describe('a label model', () => {
  const source = (id: string, kind: LabelSource['kind'], detail: string | null = null): LabelSource => ({ id, datasetId: 'mail', kind, name: id, createdAt: 0, labelled: 1, detail })
  const sources = [source('lf', 'labeling-function'), source('ann', 'annotator'), source('bob', 'annotator')]
  const draft: ModelDraft = { method: 'triplet', name: ' ', balance: 'estimate', shares: ['0.3', '0,7'], voters: 'functions', chosen: [] }
  it('takes its votes from where it is told, and its name from the method', () => {
    expect(readModel(draft, mail, sources, ['lf']).input).toEqual({ datasetId: 'mail', method: 'triplet', name: 'triplet', sourceIds: ['lf'], balance: 'estimate' })
    expect(readModel({ ...draft, voters: 'annotators', name: 'crowd', balance: 'given' }, mail, sources, []).input).toMatchObject({ name: 'crowd', sourceIds: ['ann', 'bob'], balance: [0.3, 0.7] })
  })
  it('refuses shares that do not add up, and no votes', () => {
    expect(Object.keys(readModel({ ...draft, balance: 'given', shares: ['0.5', '0.6'] }, mail, sources, ['lf']).problems)).toEqual(['shares'])
    expect(Object.keys(readModel({ ...draft, balance: 'given', shares: ['0.5', ''] }, mail, sources, ['lf']).problems)).toEqual(['shares'])
    expect(Object.keys(readModel({ ...draft, voters: 'chosen' }, mail, sources, ['lf']).problems)).toEqual(['sources'])
  })
  it('brings a report that is read, or nothing', () => {
    const report = { method: 'majority', functions: [], sourceIds: [], classBalance: [0.5, 0.5], warnings: [{ code: 'few-functions', message: 'Few.' }], dependent: [], coverage: 0.4, differsFromMajority: 0, accuracy: null, seconds: 1 }
    expect(reportOf(source('m', 'aggregate', JSON.stringify(report)))).toEqual(report)
    for (const detail of [null, 'no JSON', '{"method":"oracle"}']) expect(reportOf(source('m', 'aggregate', detail))).toBeNull()
  })
})

describe('the rate of labels', () => {
  it('counts the last minutes and falls during a pause', () => {
    const times = Array.from({ length: 30 }, (_, index) => 1_000_000 + index * 2000)
    expect(labelsPerMinute(times, 1_060_000)).toBeCloseTo(30)
    expect(labelsPerMinute(times, 1_120_000)).toBeCloseTo(15)
    expect(labelsPerMinute(times, 9_000_000)).toBeNull()
    expect(labelsPerMinute([5], 6)).toBeNull()
  })
})

describe('columns that may give the label away', () => {
  const meta = (name: string, values: readonly string[] = [], role: DatasetColumn['role'] = 'meta'): DatasetColumn => ({
    position: 0, name, type: 'text', role,
    statistics: { type: 'text', count: 10, missing: 0, distinct: values.length, frequent: values.map((value) => ({ value, count: 1 })), length: { min: 1, mean: 1, max: 1 } }
  })
  it.each([
    ['a folder', meta('folder')], ['a path, whatever its name', meta('where', [], 'path')], ['a label', meta('true_label')], ['what a source said', meta('lf:free money')], ['probabilities', meta('p(spam) aggregate:majority')], ['values with a class in them', meta('origin', ['easy-ham-1', 'spam-2'])]
  ])('are %s', (_what, column) => expect(leaksLabel(mail, column)).toBe(true))
  it.each([['texts', meta('label text', ['spam'], 'text')], ['an ordinary column', meta('sender', ['ann', 'hamster'])], ['a number', mailColumns[1]!], ['a word that only holds one', meta('filed under')]])('are not %s', (_what, column) => expect(leaksLabel(mail, column)).toBe(false))
})

describe('the path of votes', () => {
  it('follows the layout', () => {
    expect([votePath('/home/ada', 'Spam e-mail', 'wrench'), votePath('/home/ada', '///', 'csv')]).toEqual(['/home/ada/spam-e-mail-votes.json', '/home/ada/votes-votes.csv'])
    expect([withVoteEnding('/a/b.json', 'csv'), withVoteEnding('/a.b/c', 'wrench'), withVoteEnding('', 'csv')]).toEqual(['/a/b.csv', '/a.b/c.json', ''])
    expect([formatOf('/a/train.JSON'), formatOf('/a/votes.tsv')]).toEqual(['wrench', 'csv'])
  })
})
