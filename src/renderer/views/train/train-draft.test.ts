import { describe, expect, it } from 'vitest'
import type { Dataset, LabelSource } from '../../../shared/domain/dataset.ts'
import { robustMethodForms } from '../../../shared/domain/robust-methods.ts'
import { looksOf } from '../../palette.ts'
import { dataset as digits } from '../../testing/synthetic.ts'
import { armNames } from './arm-names.ts'
import { methodForm, methodLabel, withMethodValue } from './method-form.ts'
import { applyPreset, presetNames, type PresetFacts, usualSource } from './presets.ts'
import { fieldOfPath, readDraft } from './read-draft.ts'
import { type ArmDraft, armLabels, emptyDraft, freshId, isTrainDraft, newArm, sourceLabels, type TrainDraft } from './train-draft.ts'
import { boundsOf, trainingFields } from './training-fields.ts'
import { withSource } from './use-training.ts'
import { writeDraft } from './write-draft.ts'
import { TrainingConfig } from '../../../shared/domain/training.ts'

const report = (method: string): string =>
  JSON.stringify({ method, functions: [], sourceIds: ['f1', 'f2'], classBalance: [0.5, 0.5], warnings: [], dependent: [], coverage: 0.8, differsFromMajority: 3, accuracy: null, seconds: 0.1 })
const source = (id: string, kind: LabelSource['kind'], name: string, detail: string | null = null, createdAt = 0): LabelSource => ({ id, datasetId: 'd', kind, name, createdAt, labelled: 1000, detail })
const given = source('given', 'given', 'label')
const majority = source('majority', 'aggregate', 'majority', report('majority'), 5)
const model = source('ds', 'aggregate', 'dawid-skene', report('dawid-skene'), 4)
const sources = [given, majority, model]
const mails: Dataset = { ...digits, id: 'd', kind: 'text', shape: [], count: 1000 }
const facts: PresetFacts = { dataset: mails, sources, pinned: null }

const draftOf = (arms: ArmDraft[], fields: Partial<TrainDraft> = {}): TrainDraft => ({ ...emptyDraft('d'), arms, ...fields })
const onGiven = (id: string, fields: Partial<ArmDraft> = {}): ArmDraft => newArm(id, { labels: sourceLabels('given'), ...fields })
const presetDraft = (name: (typeof presetNames)[number], labels = model, of = facts): TrainDraft => ({ ...emptyDraft('d'), ...applyPreset(name, labels, of) })
const configOf = (draft: TrainDraft): TrainingConfig => {
  const { config, errors } = readDraft(draft, sources)
  if (config === null) throw new Error(JSON.stringify(errors))
  return config
}

describe('the draft of a training experiment', () => {
  it('begins with the defaults of the contract', () => {
    const config = configOf(draftOf([onGiven('a1')]))
    expect(config).toMatchObject({ learningRate: 1e-3, epochs: 20, seeds: [0, 1, 2], model: { kind: 'dense', hidden: [128] }, engine: 'auto' })
    expect(config.arms).toEqual([{ name: 'given labels', role: 'single', labels: { from: 'source', sourceId: 'given', form: 'hard' }, rows: 'all', examples: 0, method: { name: 'cross-entropy', smoothing: 0 }, model: null }])
  })
  it('has a field for every number, choice and flag of the contract', () => {
    const elsewhere = ['datasetId', 'arms', 'evaluationSourceId', 'filter', 'model']
    expect([...trainingFields.map(({ key }) => key), ...elsewhere].sort()).toEqual(Object.keys(TrainingConfig.entries).sort())
    expect(boundsOf(TrainingConfig.entries.batchSize)).toEqual({ minimum: 1, maximum: 8192, whole: true })
    for (const { kind, bounds } of trainingFields) expect(kind !== 'number' || (bounds !== null && Number.isFinite(bounds.minimum + bounds.maximum))).toBe(true)
  })
  it('names the field of every mistake, with the bound that was crossed', () => {
    const first = onGiven('a1', { method: 'generalized-cross-entropy', methodValues: { 'generalized-cross-entropy.q': '7' }, examples: '1.5' })
    const second = onGiven('a2', { labels: '', model: { kind: 'convolutional', hidden: '', channels: '8', denseUnits: '0' } })
    const { errors } = readDraft(draftOf([first, second], { values: { ...emptyDraft().values, batchSize: '0', epochs: '', seeds: '1, 1', learningRate: 'x' }, model: { kind: 'dense', hidden: '12, a', channels: '', denseUnits: '' } }), sources)
    expect(errors).toEqual({
      batchSize: 'At least 1.', epochs: 'A number is missing here.', learningRate: 'A number is missing here.', seeds: 'Each seed may appear once.', 'model.hidden': 'Whole numbers, separated by commas.',
      'arms.a1.method.q': 'At most 1.', 'arms.a1.examples': 'A whole number is needed.', 'arms.a2.labels': 'Choose a label source: the one of this arm is gone.', 'arms.a2.model.channels': 'Two whole numbers, separated by a comma.', 'arms.a2.model.denseUnits': 'At least 1.'
    })
  })
  it('refuses an arm that learns from a later one, and two of the same name', () => {
    const { errors } = readDraft(draftOf([onGiven('a1', { name: 'same', labels: armLabels('a2') }), onGiven('a2', { name: 'same' })]), sources)
    expect(errors).toMatchObject({ 'arms.a1.labels': 'An arm can only learn from an arm before it.', 'arms.a2.name': 'Each arm needs a name of its own.' })
  })
  it('keeps an arm\u2019s teacher when the teacher is renamed', () => {
    const config = configOf(draftOf([onGiven('a1', { name: 'old hand' }), newArm('a2', { labels: armLabels('a1'), form: 'soft' })]))
    expect(config.arms[1]?.labels).toEqual({ from: 'arm', arm: 'old hand', form: 'soft' })
  })
  it('finds the field that an error of main names', () => {
    const arms = [onGiven('a1', { name: 'soft labels of v1.2' }), onGiven('a2', { name: 'two' })]
    const names = armNames(arms, sources)
    const at = (field: string): string => fieldOfPath(field.split('.'), arms, undefined, names)
    expect([at('arms.soft labels of v1.2'), at('arms.two'), at('arms.1.method.q'), at('arms'), at('model'), at('evaluationSourceId')]).toEqual(['arms.a1.labels', 'arms.a2.labels', 'arms.a2.method.q', 'arms', 'model.kind', 'evaluationSourceId'])
  })
  it('is remembered as text, and reads back from a configuration as it was', () => {
    for (const name of presetNames) {
      const draft = presetDraft(name)
      expect(isTrainDraft(JSON.parse(JSON.stringify(draft)))).toBe(true)
      const again = writeDraft(configOf(draft), sources)
      expect(again).toEqual(draft)
      expect(configOf(again)).toEqual(configOf(draft))
    }
    expect(isTrainDraft({ arms: 'x' })).toBe(false)
  })
  it('keeps names that a person wrote when it is edited again', () => {
    const config = configOf(draftOf([onGiven('a1', { name: 'mine' }), newArm('a2', { labels: sourceLabels('ds'), form: 'soft' })]))
    expect(writeDraft(config, sources).arms.map(({ name }) => name)).toEqual(['mine', ''])
  })
})

describe('names of arms', () => {
  it('say what sets them apart', () => {
    expect(armNames(presetDraft('robust').arms, sources)).toEqual(['cross-entropy', 'label smoothing 0.1', 'GCE, q 0.7', 'SCE', 'soft bootstrapping', 'ELR'])
    expect(armNames(presetDraft('soft').arms, sources)).toEqual(['soft labels of dawid-skene', 'hard labels of dawid-skene', 'labels of majority', 'ceiling'])
    expect(armNames(presetDraft('chain').arms, sources)).toEqual(['teacher', 'student, cross-entropy', 'student, soft bootstrapping', 'student, GCE, q 0.7', 'student, ELR', 'ceiling'])
  })
  it('are never the same twice unless both are written so', () => {
    const names = armNames([onGiven('a1'), onGiven('a2'), onGiven('a3', { name: 'given labels' })], sources)
    expect(new Set(names).size).toBe(3)
    expect(names[2]).toBe('given labels')
  })
  it('say settings of a method that are not the default', () => {
    const arm = { method: 'symmetric-cross-entropy', methodValues: {} }
    const [alpha] = methodForm(arm.method).fields
    if (alpha === undefined) throw new Error('The method has no field.')
    expect([methodLabel(arm), methodLabel({ ...arm, methodValues: withMethodValue(arm, alpha, '2.5') })]).toEqual(['SCE', 'SCE, alpha 2.5'])
    expect(withMethodValue({ ...arm, methodValues: { 'symmetric-cross-entropy.alpha': '2' } }, alpha, '0.1')).toEqual({})
  })
})

describe('presets', () => {
  it('compare soft labels with hard ones, the majority vote of the same votes and the truth', () => {
    expect(configOf(presetDraft('soft')).arms.map(({ role, labels }) => [role, labels.from === 'source' ? labels.sourceId : '', labels.form])).toEqual([['single', 'ds', 'soft'], ['single', 'ds', 'hard'], ['single', 'majority', 'hard'], ['ceiling', 'given', 'hard']])
    expect(applyPreset('soft', given, facts)).toBeNull()
    expect(applyPreset('soft', model, { ...facts, sources: [model] })?.arms).toHaveLength(2)
  })
  it('train a small teacher on few labels, or on the splits that are pinned', () => {
    const free = configOf(presetDraft('chain'))
    expect(free.arms[0]).toMatchObject({ role: 'teacher', examples: 100, rows: 'all', model: { kind: 'linear' } })
    expect(free.arms[1]).toMatchObject({ role: 'student', labels: { from: 'arm', arm: 'teacher', form: 'soft' } })
    const pinned = configOf(presetDraft('chain', model, { ...facts, pinned: { pretrain: 0, teacher: 40, student: 60 } }))
    expect(pinned.arms.map(({ rows, examples }) => [rows, examples])).toEqual([['teacher', 0], ['student', 0], ['student', 0], ['student', 0], ['student', 0], ['student', 0]])
    expect(configOf(presetDraft('chain', given, { ...facts, dataset: digits })).model).toMatchObject({ kind: 'convolutional' })
  })
  it('use methods that the bench knows, with settings it accepts', () => {
    const known = new Set<string>(robustMethodForms.map(({ name }) => name))
    for (const name of presetNames) expect(presetDraft(name).arms.every(({ method }) => known.has(method))).toBe(true)
  })
  it('begin with the newest answer of a label model', () => {
    expect(usualSource(sources)?.id).toBe('ds')
    expect(usualSource([given, majority])?.id).toBe('majority')
    expect(usualSource([{ ...given, labelled: 0 }])).toBeNull()
  })
})

describe('looks of arms', () => {
  it('differ in colour or symbol for 24 arms, framed or not', () => {
    const plain = Array.from({ length: 24 }, (_, place) => ({ name: String(place), role: 'single' }))
    const framed = [{ name: 't', role: 'teacher' }, ...plain.slice(0, 22), { name: 'c', role: 'ceiling' }]
    for (const arms of [plain, framed]) expect(new Set(looksOf(arms).map(({ token, symbol }) => `${token} ${symbol}`)).size).toBe(24)
    expect(looksOf(framed).slice(1, 23).every(({ token }) => token !== looksOf(framed)[0]?.token)).toBe(true)
    expect(looksOf(plain)).toEqual(looksOf(plain.map(({ role }) => ({ name: 'another', role }))))
  })
})

describe('what is opened from elsewhere', () => {
  it('keeps the meaning of a filter on the labels that were shown', () => {
    expect(withSource({ kind: 'and', parts: [{ kind: 'label', source: null, is: [1] }, { kind: 'rows', from: 0, to: 9 }] }, model)).toEqual({ kind: 'and', parts: [{ kind: 'label', source: 'aggregate:dawid-skene', is: [1] }, { kind: 'rows', from: 0, to: 9 }] })
  })
  it('gets ids that are free', () => {
    expect(freshId([{ id: 'a1' }, { id: 'a3' }])).toBe('a4')
    expect(freshId([])).toBe('a1')
  })
})
