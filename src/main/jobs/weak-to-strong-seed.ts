import * as v from 'valibot'
import { BenchError } from '../../shared/contract/errors.ts'
import { seed } from '../../shared/contract/fields.ts'
import { WeakToStrongConfig } from '../../shared/domain/weak-to-strong.ts'
import { engineIds } from '../../shared/domain/engine.ts'
import { useEngine } from '../compute/engine.ts'
import { sampleNames, sampleSources } from '../datasets/samples.ts'
import { weakToStrongGeneralization } from '../papers/weak-to-strong/weak-to-strong-generalization.ts'
import type { JobContext } from './job-context.ts'
import { trainingContext } from './training-job.ts'

const Input = v.object({ sample: v.picklist(sampleNames), seed, config: WeakToStrongConfig, engine: v.optional(v.picklist(engineIds)) })

/** One seed of the weak-to-strong experiment. */
export async function weakToStrongSeed(context: JobContext): Promise<null> {
  const input = v.parse(Input, context.input)
  const dataset = context.bench.datasets.findBySource(sampleSources[input.sample])
  if (dataset === undefined) throw new BenchError('not-found', 'The MNIST 10k sample is not in this bench file any more.', { hint: 'Add it again in the Data view (or undo its deletion), then resume this job.' })
  const given = context.bench.labels.sources(dataset.id).find((source) => source.kind === 'given')
  if (given === undefined) throw new BenchError('bad-data', `"${dataset.name}" has no given labels.`, { hint: 'Delete it and add the sample again.' })
  const [side = 0] = dataset.shape
  const rows = Int32Array.from({ length: dataset.count }, (_, row) => row)
  const engine = await useEngine(input.engine ?? input.config.engine)
  context.log('info', `Seed ${input.seed} on ${engine.describe()}.`)
  await weakToStrongGeneralization(trainingContext(context, engine), {
    seed: input.seed,
    config: input.config,
    datasetId: dataset.id,
    labelSourceId: given.id,
    images: context.bench.datasets.features(dataset, rows) as Uint8Array,
    side,
    digits: context.bench.labels.current(given.id, dataset.count),
    pinned: context.bench.splits.pinned(dataset.id, dataset.count)
  })
  return null
}
