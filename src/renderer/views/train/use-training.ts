import { shallowReactive, type Ref } from 'vue'
import type { Dataset, LabelSource } from '../../../shared/domain/dataset.ts'
import { type Filter, isGroup } from '../../../shared/domain/filter.ts'
import type { TrainingConfig } from '../../../shared/domain/training.ts'
import { sourceReference } from '../../../shared/query/vocabulary.ts'
import { goTo } from '../../location.ts'
import { useDatasets } from '../../stores/datasets.ts'
import { useExperiments } from '../../stores/experiments.ts'
import { useNotices } from '../../stores/notices.ts'
import { useSettings } from '../../stores/settings.ts'
import { strings } from '../../strings.ts'
import { applyPreset, type PresetName, usualSource } from './presets.ts'
import { readDraft } from './read-draft.ts'
import { emptyDraft, isTrainDraft, type TrainDraft } from './train-draft.ts'
import { writeDraft } from './write-draft.ts'

/** What was in the form of a data set before something else was put into it, by data set. */
const replaced = shallowReactive(new Map<string, TrainDraft>())

/** The drafts of the Train view, one a data set, and the ways that lead from labels to training. */
export function useTraining() {
  const [datasets, experiments, notices, settings] = [useDatasets(), useExperiments(), useNotices(), useSettings()]

  /** The draft of a data set, remembered in the bench; at first one run on its most telling labels. */
  const draftOf = (datasetId: string): Ref<TrainDraft> => settings.remember<TrainDraft>(`train.draft.${datasetId}`, firstDraft(datasetId), isTrainDraft)

  function firstDraft(datasetId: string): TrainDraft {
    const [dataset, sources] = [datasets.find(datasetId), datasets.sourcesOf(datasetId)]
    const source = usualSource(sources)
    const fields = dataset === null || source === null ? null : applyPreset('single', source, { dataset, sources, pinned: null })
    return { ...emptyDraft(datasetId), ...fields }
  }

  /** Puts another draft into the form; the one before can be brought back. */
  function replace(next: TrainDraft): void {
    const draft = draftOf(next.datasetId)
    if (draft.value.arms.length > 0) replaced.set(next.datasetId, copyOf(draft.value))
    draft.value = copyOf(next)
  }

  const canRestore = (datasetId: string): boolean => replaced.has(datasetId)
  function restore(datasetId: string): void {
    const before = replaced.get(datasetId)
    if (before === undefined) return
    draftOf(datasetId).value = before
    replaced.delete(datasetId)
  }

  /** Opens the form with a preset on the labels of a source, and only on the examples of a filter where there is one. */
  function openPreset(dataset: Dataset, source: LabelSource, name: PresetName, filter: Filter | null = null): void {
    const fields = applyPreset(name, source, { dataset, sources: datasets.sourcesOf(dataset.id), pinned: null })
    if (fields === null) return
    replace({ ...emptyDraft(dataset.id), ...fields, filter: filter === null || isEmpty(filter) ? null : filter })
    goTo('train', dataset.id)
  }

  /** Opens the form with the configuration of an experiment. */
  function openAgain(config: TrainingConfig): void {
    replace(writeDraft(config, datasets.sourcesOf(config.datasetId)))
    goTo('train', config.datasetId)
  }

  /** Starts training and goes to the experiment; rejects with a BenchError whose `field` names what stands in the way. */
  async function start(config: TrainingConfig, name: string): Promise<void> {
    const experiment = await experiments.startTraining({ config, ...(name.trim() === '' ? {} : { name: name.trim() }) })
    notices.info(strings.train.started(experiment.name))
    goTo('experiments', experiment.id)
  }

  /** Starts at once, with defaults: the soft labels of a source against its hard ones, the majority vote and the truth. */
  async function trainOnSoftLabels(dataset: Dataset, source: LabelSource): Promise<void> {
    const sources = datasets.sourcesOf(dataset.id)
    const fields = applyPreset('soft', source, { dataset, sources, pinned: null })
    const config = fields === null ? null : readDraft({ ...emptyDraft(dataset.id), ...fields }, sources).config
    if (config !== null) await notices.attempt(() => start(config, strings.train.softName(source.name)))
  }

  return { draftOf, firstDraft, replace, canRestore, restore, openPreset, openAgain, start, trainOnSoftLabels }
}

/** A copy that shares nothing with a reactive draft. */
const copyOf = (draft: TrainDraft): TrainDraft => JSON.parse(JSON.stringify(draft)) as TrainDraft
const isEmpty = (filter: Filter): boolean => isGroup(filter) && filter.parts.length === 0

/** The filter with the view's own source written out: outside the view, nothing says which one is meant. */
export function withSource(filter: Filter, shown: LabelSource | null): Filter {
  if (isGroup(filter)) return { ...filter, parts: filter.parts.map((part) => withSource(part, shown)) }
  return filter.kind === 'label' && filter.source === null && shown !== null ? { ...filter, source: sourceReference(shown) } : filter
}
