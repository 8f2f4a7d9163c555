import type { LabelSource } from '../../../shared/domain/dataset.ts'
import type { NoiseCheck } from '../../../shared/domain/noise-check.ts'
import type { TrainingInput } from '../../../shared/domain/training.ts'
import { strings } from '../../strings.ts'

const texts = strings.noise.retrain
/** Repeats, so that the difference has an interval. */
const seeds = [0, 1, 2]

/**
 * Two arms that differ in nothing but the labels: as they were checked, and with a person's corrections. Model and optimization are those
 * of the check where it trained one. Judged by the truth where there is some, else by the corrected labels, the best that are known.
 */
export function retrainConfig({ datasetId, request }: NoiseCheck, before: LabelSource, after: LabelSource, sources: readonly LabelSource[]): TrainingInput {
  const truth = sources.find((one) => one.id === request.truthSourceId) ?? sources.find((one) => one.kind === 'truth' && one.labelled > 0 && one.id !== before.id)
  const { probabilities } = request
  return {
    datasetId,
    arms: [
      { name: texts.asGiven, labels: { from: 'source', sourceId: before.id } },
      { name: texts.corrected, labels: { from: 'source', sourceId: after.id } }
    ],
    evaluationSourceId: (truth ?? after).id,
    seeds: [...seeds],
    ...(probabilities.from === 'cross-validation' ? { model: probabilities.model, epochs: probabilities.epochs, batchSize: probabilities.batchSize, learningRate: probabilities.learningRate } : {})
  }
}
