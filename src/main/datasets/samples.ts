import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { BenchError } from '../../shared/contract/errors.ts'
import { packageRoot } from '../runs/package-root.ts'
import type { NewDataset } from '../store/datasets.ts'
import { readIdx } from './idx.ts'

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

/** Okabe and Ito's colour-blind-safe colours, then greys by lightness. */
const classColors = ['#0072B2', '#E69F00', '#009E73', '#CC79A7', '#56B4E9', '#D55E00', '#F0E442', '#000000', '#7F7F7F', '#B8B8B8']
const largestImages = 64 * 1024 * 1024

/** Reads a shipped sample whole (they are small). Throws `bad-data` when the installation's files are incomplete. */
export async function readSample(name: SampleName): Promise<Sample> {
  const images = readIdx(await unpack('mnist-10k-images-idx3-ubyte.gz'), 'mnist-10k-images-idx3-ubyte')
  const labels = readIdx(await unpack('mnist-10k-labels-idx1-ubyte.gz'), 'mnist-10k-labels-idx1-ubyte')
  const [count = 0, ...shape] = images.shape
  if (labels.shape[0] !== count) throw new BenchError('bad-data', `The sample ${name} has ${count} images but ${labels.shape[0] ?? 0} labels.`, { hint: 'Install Weakbench again.' })
  return {
    dataset: {
      name: 'MNIST 10k',
      kind: 'image',
      shape,
      dtype: 'uint8',
      count,
      classes: classColors.map((color, digit) => ({ position: digit, name: String(digit), color, key: String(digit) })),
      source: sampleSources[name],
      license: 'CC BY-SA 3.0'
    },
    features: images.data,
    labels: Int32Array.from(labels.data),
    labelSource: 'MNIST labels'
  }
}

async function unpack(file: string): Promise<Uint8Array> {
  const path = join(packageRoot, 'resources', 'data', file)
  try {
    return await promisify(gunzip)(await readFile(path), { maxOutputLength: largestImages })
  } catch (error) {
    throw new BenchError('bad-data', `The sample file ${path} cannot be read.`, { hint: 'Install Weakbench again.', details: String(error) }, error)
  }
}
