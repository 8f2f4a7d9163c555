import * as v from 'valibot'
import type { Dataset, LabelSource } from '../../../shared/domain/dataset.ts'
import { engineIds } from '../../../shared/domain/engine.ts'
import { type DetectorName, detectorForms, detectorNames, NoiseCheckRequest } from '../../../shared/domain/noise-check.ts'
import { pruningMethods } from '../../../shared/domain/noise.ts'
import type { CheckRequest } from '../../stores/noise.ts'
import { strings } from '../../strings.ts'
import { hasSoftLabels } from '../train/presets.ts'

const texts = strings.noise.form

/** What is written in the form of a check; numbers as texts, so that mistakes stay where they were made. */
export const CheckDraftSchema = v.object({
  sourceId: v.string(),
  detectors: v.array(v.picklist(detectorNames)),
  from: v.picklist(['cross-validation', 'source', 'run']),
  softId: v.string(),
  runId: v.string(),
  model: v.picklist(['linear', 'dense', 'convolutional']),
  hidden: v.string(),
  folds: v.string(),
  epochs: v.string(),
  batchSize: v.string(),
  learningRate: v.string(),
  seed: v.string(),
  pruning: v.picklist(pruningMethods),
  adjust: v.boolean(),
  neighbours: v.string(),
  space: v.picklist(['features', 'components']),
  /** A source, or empty for the truth where there is one. */
  truthId: v.string(),
  name: v.string(),
  engine: v.picklist(['auto', ...engineIds])
})
export type CheckDraft = v.InferOutput<typeof CheckDraftSchema>
export const isCheckDraft = (value: unknown): value is CheckDraft => v.is(CheckDraftSchema, value)

const defaults = v.parse(NoiseCheckRequest, { datasetId: 'none', sourceId: 'none' })

export const emptyCheckDraft: CheckDraft = {
  sourceId: '', detectors: [...defaults.detectors], from: 'cross-validation', softId: '', runId: '', model: 'dense', hidden: '128', folds: '5', epochs: '10', batchSize: '128', learningRate: '0.001', seed: '0',
  pruning: defaults.pruning, adjust: false, neighbours: '10', space: 'features', truthId: '', name: '', engine: 'auto'
}

/** The labels that are checked where nobody has chosen: given ones, the newest first, since noisy copies are made to be checked. */
export const usualChecked = (sources: readonly LabelSource[]): LabelSource | null => {
  const labelled = sources.filter((one) => one.labelled > 0)
  return labelled.findLast((one) => one.kind === 'given') ?? labelled.find((one) => one.kind === 'aggregate') ?? labelled.find((one) => one.kind !== 'truth') ?? labelled[0] ?? null
}

/** The source of the draft as far as it exists, else the usual one. */
export const checkedSource = ({ sourceId }: CheckDraft, sources: readonly LabelSource[]): LabelSource | null => sources.find((one) => one.id === sourceId && one.labelled > 0) ?? usualChecked(sources)

const wants = (detectors: readonly DetectorName[], need: 'probabilities' | 'dynamics' | 'features'): boolean => detectorForms.some((form) => form.needs === need && detectors.includes(form.name))
export const needsProbabilities = ({ detectors }: CheckDraft): boolean => wants(detectors, 'probabilities')
export const needsFeatures = ({ detectors }: CheckDraft): boolean => wants(detectors, 'features')
/** Whether a model is trained: for cross-validation, or to be watched. */
export const trainsModel = (draft: CheckDraft): boolean => (needsProbabilities(draft) && draft.from === 'cross-validation') || wants(draft.detectors, 'dynamics')

export type CheckErrors = Readonly<Partial<Record<keyof CheckDraft, string>>>

/** The request that a draft stands for, or what is wrong with it, by field. */
export function readCheckDraft(draft: CheckDraft, dataset: Dataset, sources: readonly LabelSource[]): { readonly request: CheckRequest; readonly errors: null } | { readonly request: null; readonly errors: CheckErrors } {
  const errors: Partial<Record<keyof CheckDraft, string>> = {}
  const number = (key: 'folds' | 'epochs' | 'batchSize' | 'learningRate' | 'seed' | 'neighbours', least: number, most: number, whole = true): number => {
    const value = Number(draft[key].trim() === '' ? Number.NaN : draft[key])
    if (!(value >= least && value <= most) || (whole && !Number.isInteger(value))) errors[key] = (whole ? texts.whole : texts.number)(least, most)
    return value
  }
  const source = checkedSource(draft, sources)
  if (draft.detectors.length === 0) errors.detectors = texts.noDetector
  const neighbours = needsFeatures(draft) ? number('neighbours', 1, 200) : defaults.neighbours
  const soft = sources.filter(hasSoftLabels)
  const request: CheckRequest = {
    datasetId: dataset.id, sourceId: source?.id ?? '', name: draft.name.trim() === '' ? null : draft.name.trim(), detectors: [...draft.detectors], pruning: draft.pruning, adjust: draft.adjust, neighbours, space: draft.space,
    truthSourceId: sources.some((one) => one.id === draft.truthId) ? draft.truthId : null, engine: draft.engine
  }
  if (draft.from === 'source' && needsProbabilities(draft)) {
    const sourceId = soft.find((one) => one.id === draft.softId)?.id ?? soft[0]?.id
    if (sourceId === undefined) errors.from = texts.noSoft
    else request.probabilities = { from: 'source', sourceId }
  } else if (draft.from === 'run' && needsProbabilities(draft)) {
    if (draft.runId === '') errors.from = texts.noRun
    else request.probabilities = { from: 'run', runId: draft.runId }
  } else if (trainsModel(draft)) {
    request.probabilities = {
      from: 'cross-validation', folds: number('folds', 2, 20), epochs: number('epochs', 1, 200), batchSize: number('batchSize', 1, 8192), learningRate: number('learningRate', 1e-7, 100, false), seed: number('seed', 0, 0xffff_ffff),
      model: draft.model === 'dense' ? { kind: 'dense', hidden: readWidths(draft.hidden, errors) } : { kind: draft.model }
    }
  }
  return Object.keys(errors).length === 0 ? { request, errors: null } : { request: null, errors }
}

function readWidths(text: string, errors: Partial<Record<keyof CheckDraft, string>>): number[] {
  const widths = text.split(/[\s,;]+/).filter((part) => part !== '').map(Number)
  if (widths.length < 1 || widths.length > 6 || widths.some((width) => !Number.isInteger(width) || width < 1 || width > 4096)) errors.hidden = texts.widths
  return widths
}
