import { join } from 'node:path'
import { BenchError } from '../../shared/contract/errors.ts'
import { classColor } from '../../shared/domain/class-looks.ts'
import { packageRoot } from '../runs/package-root.ts'
import type { NewDataset } from '../store/datasets.ts'
import { openIdx } from './formats/idx.ts'

/** The sample of images, which has an import of its own; the others are files like a person's. */
export const sampleNames = ['mnist-10k'] as const
export type SampleName = (typeof sampleNames)[number]

/** `source` of each sample's data set, by which it is recognised whatever a person calls it. */
export const sampleSources: Readonly<Record<SampleName, string>> = {
  'mnist-10k': '10,000 images of MNIST (LeCun, Cortes, Burges), original IDX files, shuffled with a fixed seed'
}

export interface Sample {
  readonly dataset: Omit<NewDataset, 'featureHash'>
  readonly features: Uint8Array
  readonly labels: Int32Array
  readonly labelSource: string
}

/** Reads a shipped sample whole (they are small). Throws `bad-data` when the installation's files are incomplete. */
export async function readSample(name: SampleName): Promise<Sample> {
  const file = await openIdx(join(packageRoot, 'resources', 'data', 'mnist-10k-images-idx3-ubyte.gz')).catch(incomplete)
  try {
    const shape = file.columns[0]?.shape ?? []
    const count = file.rows ?? 0
    const features = new Uint8Array(count * shape.reduce((product, size) => product * size, 1))
    const labels = new Int32Array(count)
    let [row, at] = [0, 0]
    for await (const { columns: [images, digits] } of file.batches()) {
      if (images?.type !== 'array' || digits?.type !== 'number') throw new Error('The sample holds no images with labels.')
      features.set(images.values, at)
      labels.set(digits.values, row)
      row += digits.values.length
      at += images.values.length
    }
    return {
      dataset: {
        name: 'MNIST 10k',
        kind: 'image',
        shape,
        dtype: 'uint8',
        count,
        classes: Array.from({ length: 10 }, (_, digit) => ({ position: digit, name: String(digit), color: classColor(digit), key: String(digit) })),
        source: sampleSources[name],
        license: 'CC BY-SA 3.0'
      },
      features,
      labels,
      labelSource: 'MNIST labels'
    }
  } catch (error) {
    return incomplete(error)
  } finally {
    await file.close()
  }
}

function incomplete(error: unknown): never {
  throw new BenchError('bad-data', 'A sample file of this installation cannot be read.', { hint: 'Install Weakbench again.', details: String(error) }, error)
}
