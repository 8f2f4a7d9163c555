import * as v from 'valibot'
import { seed } from '../../shared/contract/fields.ts'
import { TrainingConfig } from '../../shared/domain/training.ts'
import { useEngine } from '../compute/engine.ts'
import { stream } from '../learn/random.ts'
import { featureRows } from '../noise/check/feature-rows.ts'
import { nearestNeighbours } from '../noise/neighbours/nearest-neighbours.ts'
import { principalLayout } from '../noise/projection/principal-layout.ts'
import { umapLayout } from '../noise/projection/umap.ts'
import { TrainingData } from '../runs/training/training-data.ts'
import type { JobContext } from './job-context.ts'

const Input = v.object({ datasetId: v.string(), method: v.picklist(['pca', 'umap']), seed })

/** Nearest examples that UMAP looks at, as its authors do. */
const neighbours = 15

/**
 * Places every example of a data set in the plane: along its two first principal components, or by UMAP over the exact graph of
 * neighbours in its first principal components, starting from that place.
 */
export async function projectExamples(context: JobContext): Promise<null> {
  const { datasetId, method, seed: drawn } = v.parse(Input, context.input)
  const [source] = context.bench.labels.sources(datasetId)
  const data = new TrainingData(context.bench, v.parse(TrainingConfig, { datasetId, arms: [{ name: 'map', labels: { from: 'source', sourceId: source?.id ?? 'none' } }] }))
  await useEngine('wasm')
  const rows = Int32Array.from({ length: data.dataset.count }, (_, row) => row)
  const breathe = (): Promise<void> => context.breathe()
  context.progress(0, 100, 'percent', 'reading features')
  const features = await featureRows({ data, rows }, method === 'umap' ? 'components' : 'features', breathe)
  const start = await principalLayout(features, { breathe })
  const points = method === 'pca' ? start.coordinates : await umap()
  context.send({ type: 'projection', datasetId, method, points })
  context.progress(100, 100, 'percent', 'placed')
  return null

  async function umap(): Promise<Float32Array> {
    const graph = await nearestNeighbours(features, { k: Math.min(neighbours, rows.length - 1) }, { breathe, progress: (done, total) => context.progress(5 + (25 * done) / total, 100, 'percent', 'finding neighbours') })
    return umapLayout(graph, start.coordinates, { stream: stream(drawn, 'map') }, { breathe, progress: (done, total) => context.progress(30 + (70 * done) / total, 100, 'percent', 'laying out') })
  }
}
