import * as tf from '@tensorflow/tfjs-core'
import { BenchError } from '../../../shared/contract/errors.ts'
import { stream } from '../../learn/random.ts'
import { centred, columnMeans, countRows } from './feature-rows.ts'
import type { FeatureRows } from './feature-rows.ts'
import type { Pace } from './pace.ts'
import { pointedUp, symmetricEigen } from './symmetric-eigen.ts'

export interface PrincipalComponents {
  readonly width: number
  /** Means of the columns. */
  readonly means: Float64Array
  /** Directions, components x width, row-major: of length 1, the largest variance first, largest loading positive. */
  readonly directions: Float32Array
  /** Variance (n - 1 in the denominator) along each direction. */
  readonly variances: Float64Array
  /** Variance of all columns together. */
  readonly totalVariance: number
}

/** Up to this width the whole covariance matrix is decomposed. */
const wholeWidth = 128
const blockRows = 4096
/** Directions beyond those wanted that make the iteration converge fast, and how many rounds it makes at most. */
const [oversampling, mostRounds] = [10, 40]

/**
 * Principal components. Narrow features: eigenvectors of the covariance matrix, to double precision. Wide ones: subspace
 * iteration (Halko, Martinsson and Tropp, 2011), which multiplies blocks of rows with some directions more than wanted until
 * the variances stand to 1e-6; directions of nearly equal variance may then be mixtures of each other.
 *
 * @throws BenchError `invalid-input` when more components are wanted than there are columns, or rows less one
 */
export async function principalComponents(features: FeatureRows, components: number, pace: Pace = {}): Promise<PrincipalComponents> {
  const rows = countRows(features)
  const { width } = features
  const most = Math.min(width, rows - 1)
  if (!Number.isInteger(components) || components < 1 || components > most) {
    throw new BenchError('invalid-input', `${rows} rows of ${width} features have at most ${most} principal components, not ${components}.`, { field: 'components', hint: 'Ask for fewer components.' })
  }
  const means = columnMeans(features)
  const centre = { points: centred(features, means), width }
  const found = width <= wholeWidth ? await wholeDecomposition(centre, pace) : await subspaceIteration(centre, components, pace)
  return {
    width,
    means,
    directions: Float32Array.from(found.vectors.subarray(0, components * width)),
    variances: found.values.slice(0, components).map((sum) => Math.max(0, sum) / (rows - 1)),
    totalVariance: squaresOf(centre.points) / (rows - 1)
  }
}

/** Coordinates of rows along the components, rows x components, row-major. */
export function projectRows(features: FeatureRows, { means, directions, width }: PrincipalComponents): Float32Array {
  countRows(features)
  if (features.width !== width) throw new BenchError('bad-data', `The components are of ${width} features, the rows have ${features.width}.`, { hint: 'Project rows of the same features.' })
  const components = directions.length / width
  const coordinates = new Float32Array((features.points.length / width) * components)
  const axes = tf.tensor2d(directions, [components, width])
  eachBlock({ points: centred(features, means), width }, (block, first) => {
    const product = tf.matMul(block, axes, false, true)
    coordinates.set(product.dataSync(), first * components)
    product.dispose()
  })
  axes.dispose()
  return coordinates
}

interface Found {
  /** Sums of squares along the vectors. */
  readonly values: Float64Array
  readonly vectors: Float64Array
}

async function wholeDecomposition(centre: FeatureRows, pace: Pace): Promise<Found> {
  const { width } = centre
  const identity = new Float64Array(width * width)
  for (let i = 0; i < width; i++) identity[i * width + i] = 1
  const scatter = await timesScatter(centre, identity, pace)
  return symmetricEigen(scatter, width)
}

async function subspaceIteration(centre: FeatureRows, components: number, pace: Pace): Promise<Found> {
  const { width } = centre
  const count = Math.min(width, components + oversampling)
  let basis = Float64Array.from(stream(0, 'principal-components').normals(count * width))
  orthonormalise(basis, width)
  let values = new Float64Array(count)
  for (let round = 0; round < mostRounds; round++) {
    pace.progress?.(round, mostRounds)
    const image = await timesScatter(centre, basis, pace)
    const turned = rayleighRitz(basis, image, count, width)
    const before = values
    values = turned.values
    // The image of the best directions found, made orthonormal again, is the next basis.
    basis = turned.image
    orthonormalise(basis, width)
    if (values.subarray(0, components).every((value, i) => Math.abs(value - (before[i] as number)) <= 1e-6 * (values[0] as number))) break
  }
  const image = await timesScatter(centre, basis, pace)
  const last = rayleighRitz(basis, image, count, width)
  return { values: last.values, vectors: last.directions }
}

/** The best directions within a subspace: eigenvectors of `B S B^T`, with B the basis and S the scatter matrix. */
function rayleighRitz(basis: Float64Array, image: Float64Array, count: number, width: number): { values: Float64Array<ArrayBuffer>; directions: Float64Array; image: Float64Array<ArrayBuffer> } {
  const small = new Float64Array(count * count)
  for (let i = 0; i < count; i++) for (let j = i; j < count; j++) small[i * count + j] = dot(basis, i * width, image, j * width, width)
  const { values, vectors } = symmetricEigen(small, count)
  const combine = (rows: Float64Array): Float64Array<ArrayBuffer> => {
    const combined = new Float64Array(rows.length)
    for (let i = 0; i < count; i++) for (let j = 0; j < count; j++) addMultiple(combined, i * width, rows, j * width, width, vectors[i * count + j] as number)
    return combined
  }
  const directions = combine(basis)
  for (let i = 0; i < count; i++) directions.set(pointedUp(directions.slice(i * width, (i + 1) * width)), i * width)
  return { values: Float64Array.from(values), directions, image: combine(image) }
}

/** Rows of directions times the scatter matrix `X^T X` of the centred rows, by blocks, summed in double precision. */
async function timesScatter(centre: FeatureRows, directions: Float64Array, pace: Pace): Promise<Float64Array> {
  const { width } = centre
  const product = new Float64Array(directions.length)
  const axes = tf.tensor2d(Float32Array.from(directions), [directions.length / width, width])
  try {
    for (let first = 0; first < centre.points.length; first += blockRows * width) {
      const part = centre.points.subarray(first, first + blockRows * width)
      const image = tf.tidy(() => {
        const block = tf.tensor2d(part, [part.length / width, width])
        return tf.matMul(tf.matMul(axes, block, false, true), block)
      })
      const sum = image.dataSync()
      image.dispose()
      for (let i = 0; i < sum.length; i++) product[i] = (product[i] as number) + (sum[i] as number)
      await pace.breathe?.()
    }
  } finally {
    axes.dispose()
  }
  return product
}

function eachBlock({ points, width }: FeatureRows, visit: (block: tf.Tensor2D, firstRow: number) => void): void {
  for (let first = 0; first < points.length; first += blockRows * width) {
    const part = points.subarray(first, first + blockRows * width)
    const block = tf.tensor2d(part, [part.length / width, width])
    visit(block, first / width)
    block.dispose()
  }
}

/** Gram and Schmidt, each row against those before it, twice for full precision; a row that depends on them becomes zero. */
function orthonormalise(rows: Float64Array, width: number): void {
  for (let i = 0; i < rows.length; i += width) {
    const length = Math.sqrt(dot(rows, i, rows, i, width))
    for (let pass = 0; pass < 2; pass++) for (let j = 0; j < i; j += width) addMultiple(rows, i, rows, j, width, -dot(rows, i, rows, j, width))
    const left = Math.sqrt(dot(rows, i, rows, i, width))
    const scale = left > 1e-10 * length ? 1 / left : 0
    for (let c = i; c < i + width; c++) rows[c] = (rows[c] as number) * scale
  }
}

function dot(a: Float64Array, i: number, b: Float64Array, j: number, width: number): number {
  let sum = 0
  for (let c = 0; c < width; c++) sum += (a[i + c] as number) * (b[j + c] as number)
  return sum
}

function addMultiple(to: Float64Array, i: number, from: Float64Array, j: number, width: number, factor: number): void {
  for (let c = 0; c < width; c++) to[i + c] = (to[i + c] as number) + factor * (from[j + c] as number)
}

function squaresOf(values: Float32Array): number {
  let sum = 0
  for (const value of values) sum += value * value
  return sum
}
