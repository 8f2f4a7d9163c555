import type { LabelSource } from '../../../shared/domain/dataset.ts'
import type { ArmLabels, TrainingArm, TrainingConfig, TrainingModel } from '../../../shared/domain/training.ts'
import { formatSeeds } from '../../numbers.ts'
import { armNames } from './arm-names.ts'
import { methodValuesOf } from './method-form.ts'
import { type ArmDraft, armLabels, defaultModel, type ModelDraft, newArm, sourceLabels, type TrainDraft } from './train-draft.ts'
import { trainingFields } from './training-fields.ts'

/** The draft that reads back as this configuration: for editing what was run before. */
export function writeDraft(config: TrainingConfig, sources: readonly LabelSource[]): TrainDraft {
  const arms = config.arms.map((arm, place) => writeArm(arm, place, config.arms))
  // Names that the form would give by itself stay automatic, so that they follow what is changed.
  const automatic = armNames(arms.map((arm) => ({ ...arm, name: '' })), sources)
  return {
    name: '',
    datasetId: config.datasetId,
    evaluationSourceId: config.evaluationSourceId ?? '',
    filter: config.filter,
    values: Object.fromEntries(trainingFields.map(({ key }) => [key, key === 'seeds' ? formatSeeds(config.seeds) : String(config[key])])),
    model: writeModel(config.model),
    arms: arms.map((arm, place) => (arm.name === automatic[place] ? { ...arm, name: '' } : arm))
  }
}

function writeArm({ name, role, labels, rows, examples, method, model }: TrainingArm, place: number, arms: readonly TrainingArm[]): ArmDraft {
  return newArm(`a${place + 1}`, {
    name, role, labels: writeLabels(labels, arms), form: labels.form, rows, examples: String(examples), method: method.name, methodValues: methodValuesOf(method), model: model === null ? null : writeModel(model)
  })
}

const writeLabels = (labels: ArmLabels, arms: readonly TrainingArm[]): string =>
  labels.from === 'source' ? sourceLabels(labels.sourceId) : armLabels(`a${arms.findIndex(({ name }) => name === labels.arm) + 1}`)

function writeModel(model: TrainingModel): ModelDraft {
  if (model.kind === 'linear') return { ...defaultModel, kind: 'linear' }
  if (model.kind === 'dense') return { ...defaultModel, kind: 'dense', hidden: model.hidden.join(', ') }
  return { ...defaultModel, kind: 'convolutional', channels: model.channels.join(', '), denseUnits: String(model.hidden) }
}
