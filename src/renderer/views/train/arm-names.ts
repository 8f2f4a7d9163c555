import type { LabelSource } from '../../../shared/domain/dataset.ts'
import { strings } from '../../strings.ts'
import { methodLabel } from './method-form.ts'
import { labelsOf, type ArmDraft, type ModelDraft } from './train-draft.ts'

const texts = strings.train.arms
/** Longest name of an arm that the contract takes. */
const longest = 200

/**
 * Name of every arm: as written, else what sets it apart from the others (its labels, its method, its model, how many examples), with
 * the role where it has one. No two are the same unless both are written so.
 */
export function armNames(arms: readonly ArmDraft[], sources: readonly LabelSource[]): readonly string[] {
  const automatic = arms.map((arm) => automaticName(arm, arms, sources))
  const taken = new Set(arms.map(({ name }) => name.trim()).filter((name) => name !== ''))
  return arms.map((arm, index) => {
    const own = arm.name.trim()
    if (own !== '') return own
    const name = unused((automatic[index] ?? '').slice(0, longest - 4), taken)
    taken.add(name)
    return name
  })
}

function unused(name: string, taken: ReadonlySet<string>): string {
  let [candidate, number] = [name, 2]
  while (taken.has(candidate)) candidate = `${name} ${number++}`
  return candidate
}

function automaticName(arm: ArmDraft, arms: readonly ArmDraft[], sources: readonly LabelSource[]): string {
  const fellows = arms.filter(({ role }) => role === arm.role)
  const varies = (of: (one: ArmDraft) => string): boolean => new Set(fellows.map(of)).size > 1
  const labelPart = (one: ArmDraft): string => labelsPart(one, arms, sources)
  const parts: string[] = []
  if (arm.role === 'single' && (varies(labelPart) || !varies(methodLabel))) parts.push(labelPart(arm))
  else if (arm.role !== 'single' && varies(labelPart)) parts.push(labelPart(arm))
  // Soft labels and hard ones of the same source differ in their labels; a method is named where it is not the plain one.
  if (varies(methodLabel) && (parts.length === 0 || arm.method !== 'cross-entropy')) parts.push(methodLabel(arm))
  if (varies(modelPart) && arm.model !== null) parts.push(modelPart(arm))
  if (varies(({ examples }) => examples.trim()) && !['', '0'].includes(arm.examples.trim())) parts.push(texts.atMost(Number(arm.examples)))
  if (arm.role === 'single') return parts.join(', ')
  return [texts[arm.role], ...parts].join(', ')
}

function labelsPart(arm: ArmDraft, arms: readonly ArmDraft[], sources: readonly LabelSource[]): string {
  const labels = labelsOf(arm)
  if (labels === null) return texts.missing
  if (labels.from === 'arm') return texts.predicted
  const source = sources.find(({ id }) => id === labels.id)
  if (source === undefined) return texts.missing
  if (arm.form === 'soft') return texts.soft(source.name)
  const alone = sources.filter(({ kind }) => kind === source.kind).length === 1
  if (alone && source.kind === 'given') return texts.onlyGiven
  if (alone && source.kind === 'truth') return texts.onlyTruth
  const isBesideSoft = arms.some((other) => other.labels === arm.labels && other.form === 'soft')
  return isBesideSoft ? texts.hardBeside(source.name) : texts.hard(source.name)
}

const modelPart = ({ model }: ArmDraft): string => (model === null ? '' : modelLabel(model))

/** A model in a word or two. */
export function modelLabel({ kind, hidden }: ModelDraft): string {
  const name = strings.train.fields['model.kind'].options[kind].toLowerCase()
  return kind === 'dense' ? `${name} ${hidden}` : name
}
