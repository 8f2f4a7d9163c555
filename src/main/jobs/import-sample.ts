import { createHash } from 'node:crypto'
import * as v from 'valibot'
import { readSample, sampleNames, sampleSources } from '../datasets/samples.ts'
import { chunkRows } from '../store/datasets.ts'
import type { JobContext } from './job-context.ts'

const Input = v.object({ sample: v.picklist(sampleNames) })

/**
 * Brings a shipped sample into the bench, chunk by chunk; a cancelled import leaves nothing behind, and one that is
 * resumed when the sample is there already has nothing to do.
 */
export async function importSample(context: JobContext): Promise<{ readonly rows: number }> {
  const { sample } = v.parse(Input, context.input)
  const present = context.bench.datasets.findBySource(sampleSources[sample])
  if (present !== undefined) return { rows: present.count }
  const { dataset, features, labels, labelSource } = await readSample(sample)
  const width = dataset.shape.reduce((product, size) => product * size, 1)
  context.send({ type: 'dataset-begin', dataset: { ...dataset, featureHash: createHash('sha256').update(features).digest('hex') } })
  for (let start = 0; start < dataset.count; start += chunkRows) {
    const count = Math.min(chunkRows, dataset.count - start)
    // A copy, because a view would send the whole array each time.
    context.send({ type: 'dataset-features', start, count, data: features.slice(start * width, (start + count) * width) })
    context.progress(start, dataset.count, 'rows', 'reading images')
    await context.breathe()
  }
  context.send({ type: 'label-batch', datasetId: null, kind: 'given', source: labelSource, start: 0, rows: null, labels, confidence: null })
  context.send({ type: 'dataset-complete' })
  context.progress(dataset.count, dataset.count, 'rows', 'imported')
  return { rows: dataset.count }
}
