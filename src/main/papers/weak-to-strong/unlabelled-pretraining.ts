import * as tf from '@tensorflow/tfjs-core'
import type { Tensor2D } from '@tensorflow/tfjs-core'
import { affineViews } from '../../learn/affine-views.ts'
import { normalizeRows, ntXent } from '../../learn/contrastive.ts'
import { kMeans } from '../../learn/k-means.ts'
import { batches, gatherRows } from '../../learn/loader.ts'
import { denseNetwork } from '../../learn/models/dense.ts'
import { adam } from '../../learn/optimizers.ts'
import { type PlainArrays, arraysToParams, paramsToArrays } from '../../learn/parameters.ts'
import { poolImages } from '../../learn/pooling.ts'
import type { Stream } from '../../learn/random.ts'
import { schedule } from '../../learn/schedules.ts'
import { measureColumns, standardize, type Standardizer } from '../../learn/standardize.ts'
import { type Checkpoint, disposeTrainState, fromCheckpoint, startTraining, toCheckpoint, trainStep, type TrainState } from '../../learn/train.ts'
import type { StageProgress } from '../../runs/stages.ts'

/**
 * Pseudo-classes without labels. A network learns to recognise two distorted views of one image as the same (SimCLR,
 * Chen et al. 2020, arXiv 2002.05709); k-means on its embeddings of the undistorted images then names k groups
 * (as DeepCluster does, Caron et al. 2018, arXiv 1807.05520), which stand in for the digit labels as the target of
 * every body's pretraining. Nothing here sees a label.
 */
export const unlabelledPretraining = {
  grid: 14,
  width: 128,
  embedding: 64,
  batchSize: 128,
  learningRate: 2e-3,
  temperature: 0.5,
  /** Standard deviation of the noise added to each standardised input. */
  noise: 0.3,
  /** Distorted copies of every image, from which two different ones are drawn at each step. */
  views: 8,
  ranges: { rotation: 15, logScale: 0.15, shift: 2, shear: 0.2 },
  clusterIterations: 20
} as const

const recipe = unlabelledPretraining

const network = denseNetwork(recipe.grid * recipe.grid, [
  { name: 'body', units: [recipe.width, recipe.width], activation: 'relu', init: 'fan-in-uniform' },
  { name: 'projection', units: [recipe.width], activation: 'relu', init: 'fan-in-uniform' },
  { name: 'embedding', units: [recipe.embedding], activation: 'linear', init: 'fan-in-uniform' }
])

/** Everything about the images that the steps need, made once. */
export interface Views {
  readonly count: number
  /** Undistorted images, standardised, count x grid^2. */
  readonly plain: Float32Array
  /** Each distorted copy, standardised alike. */
  readonly distorted: readonly Float32Array[]
  /** Normal noise of the recipe's spread; each step takes a window of it, which is far cheaper than drawing anew. */
  readonly noise: Float32Array
}

/** Numbers in the pool of noise, some twenty times what a step takes. */
const noiseLength = 2 ** 20

/** Draws the distorted copies; the stream alone decides them, so that a resumed job draws the same. */
export async function drawViews(images: Uint8Array, side: number, stream: Stream, breathe: () => Promise<void>): Promise<Views> {
  const pooled = poolImages(images, side, recipe.grid)
  const count = images.length / (side * side)
  const measured = measureColumns(pooled, recipe.grid * recipe.grid, Int32Array.from({ length: count }, (_, row) => row))
  const distorted: Float32Array[] = []
  for (let view = 0; view < recipe.views; view++) distorted.push(await distortedCopy(images, side, measured, stream.child('view', view), breathe))
  const noise = stream.child('noise').normals(noiseLength).map((value) => value * recipe.noise)
  return { count, plain: standardize(pooled, measured), distorted, noise }
}

/** Images at a time, so that a cancellation is heard between them. */
const imagesAtATime = 250

async function distortedCopy(images: Uint8Array, side: number, measured: Standardizer, stream: Stream, breathe: () => Promise<void>): Promise<Float32Array> {
  const size = side * side
  const grid = recipe.grid * recipe.grid
  const copy = new Float32Array((images.length / size) * grid)
  for (let first = 0; first * size < images.length; first += imagesAtATime) {
    const views = affineViews(images.subarray(first * size, (first + imagesAtATime) * size), side, recipe.ranges, stream)
    copy.set(standardize(poolImages(views, side, recipe.grid), measured), first * grid)
    await breathe()
  }
  return copy
}

/** Trains the contrastive network for `steps`; resumes from `progress.saved`. */
export async function trainContrastive(
  views: Views,
  steps: number,
  stream: Stream,
  progress: StageProgress<Checkpoint>,
  report: (step: number, loss: number) => Promise<void>
): Promise<PlainArrays> {
  const optimizer = adam()
  const rate = schedule({ decay: 'cosine', rate: recipe.learningRate })
  const loader = batches({ count: views.count, batchSize: recipe.batchSize, shuffle: stream.child('shuffle'), dropLast: true })
  let state: TrainState = progress.saved === null ? startTraining(network.init(stream.child('init')), optimizer) : fromCheckpoint(progress.saved)
  while (state.step < steps) {
    const input = viewPairs(views, loader.at(state.step).rows, stream.child('pairs', state.step))
    const { state: next, loss } = trainStep(state, (params) => ntXent(network.apply(params, input) as Tensor2D, recipe.temperature), { optimizer, learningRate: rate(state.step, steps) })
    input.dispose()
    state = next
    // Not after the last step: an attempt resumed there would not know the last loss.
    if (state.step < steps) progress.offer(() => toCheckpoint(state))
    await report(state.step, loss)
  }
  const params = paramsToArrays(state.params)
  disposeTrainState(state)
  return params
}

/** [2N, grid^2]: two different distorted copies of each row, with noise; rows i and N + i belong together. */
function viewPairs(views: Views, rows: Int32Array, stream: Stream): Tensor2D {
  const width = recipe.grid * recipe.grid
  const size = 2 * rows.length * width
  const start = stream.integer(views.noise.length - size)
  const pairs = views.noise.slice(start, start + size)
  rows.forEach((row, index) => {
    const first = stream.integer(recipe.views)
    const second = (first + 1 + stream.integer(recipe.views - 1)) % recipe.views
    addRow(pairs, index, views.distorted[first], row, width)
    addRow(pairs, rows.length + index, views.distorted[second], row, width)
  })
  return tf.tensor2d(pairs, [2 * rows.length, width])
}

function addRow(target: Float32Array, index: number, source: Float32Array | undefined, row: number, width: number): void {
  if (source === undefined) throw new RangeError('There is no such view.')
  for (let column = 0; column < width; column++) target[index * width + column] = (target[index * width + column] ?? 0) + (source[row * width + column] ?? 0)
}

/** The pseudo-class of each image: k-means on the unit-length embeddings of the undistorted images. */
export function pseudoClasses(params: PlainArrays, views: Views, clusters: number, stream: Stream): Int32Array {
  const tensors = arraysToParams(params)
  const embeddings = tf.tidy(() => {
    const all = gatherRows({ data: views.plain, shape: [views.count, recipe.grid * recipe.grid] }, Int32Array.from({ length: views.count }, (_, row) => row))
    return normalizeRows(network.apply(tensors, all) as Tensor2D)
  })
  const points = embeddings.dataSync() as Float32Array
  tf.dispose([embeddings, tensors])
  return kMeans(points, recipe.embedding, clusters, recipe.clusterIterations, stream).assignments
}
