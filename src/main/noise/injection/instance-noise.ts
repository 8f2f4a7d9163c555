import { BenchError } from '../../../shared/contract/errors.ts'
import { type Stream, stream } from '../../learn/random.ts'
import { countLabels } from '../inputs.ts'
import { drawFrom, type NoisyLabels, noisyLabels } from './noisy-labels.ts'
import { checkRate } from './transition-matrix.ts'

/** Spread of the examples' flip rates around the rate asked for. */
const rateSpread = 0.1

/**
 * Instance-dependent noise by Xia et al., "Part-dependent Label Noise: Towards Instance-dependent Label Noise" (2020), appendix:
 * example i has a flip rate q_i drawn from N(rate, 0.1^2) cut to [0, 1]; each class y has a projection W_y (features x classes,
 * standard normal); the noisy label of example i is its own class with probability 1 - q_i, else a class drawn from softmax(x_i
 * W_y) over the other classes. Examples that look alike are thus mistaken for the same class.
 *
 * The softmax is the sharper the larger the features; give them at the scale the model sees, such as pixels from 0 to 1.
 *
 * @param features examples x width, row-major
 * @throws BenchError `bad-data` naming the row whose label or features cannot be, `invalid-input` for a rate outside [0, 1]
 */
export function injectInstanceNoise(truth: ArrayLike<number>, features: ArrayLike<number>, classes: number, rate: number, seed: number): NoisyLabels {
  checkRate(rate)
  countLabels(truth, classes)
  const n = truth.length
  const width = features.length / n
  if (!Number.isInteger(width) || width < 1) throw new BenchError('bad-data', `${features.length} feature values are not a whole number for each of ${n} examples.`, { field: 'features', hint: 'Give one row of features a label.' })
  const rates = stream(seed, 'label-noise', 'rates')
  const draws = stream(seed, 'label-noise', 'draws')
  const projections = Array.from({ length: classes }, (_, c) => stream(seed, 'label-noise', 'projection', c).normals(width * classes))
  const labels = new Int32Array(n)
  const weights = new Float64Array(classes)
  for (let i = 0; i < n; i++) {
    const label = truth[i] as number
    const q = flipRate(rates, rate)
    project(features, i, width, projections[label] as Float32Array, weights)
    if (!weights.every(Number.isFinite)) throw new BenchError('bad-data', `Row ${i + 1}: the features hold something else than finite numbers.`, { field: `row ${i + 1}`, hint: 'Fill in missing values first.' })
    softmaxOfOthers(weights, label, q)
    labels[i] = drawFrom(weights, 0, classes, draws.uniform())
  }
  return noisyLabels(labels, truth, classes)
}

/** A normal number around the rate, drawn again until it is within [0, 1]. */
function flipRate(random: Stream, rate: number): number {
  let q = -1
  while (q < 0 || q > 1) q = rate + rateSpread * random.normal()
  return q
}

function project(features: ArrayLike<number>, row: number, width: number, projection: Float32Array, out: Float64Array): void {
  out.fill(0)
  const classes = out.length
  for (let d = 0; d < width; d++) {
    const x = features[row * width + d] as number
    if (x === 0) continue
    for (let c = 0; c < classes; c++) out[c] = (out[c] as number) + x * (projection[d * classes + c] as number)
  }
}

/** Turns logits into q softmax over the classes but `label`, and 1 - q at `label`. */
function softmaxOfOthers(weights: Float64Array, label: number, q: number): void {
  weights[label] = -Infinity
  const most = weights.reduce((highest, value) => Math.max(highest, value), -Infinity)
  let sum = 0
  for (let c = 0; c < weights.length; c++) sum += weights[c] = Math.exp((weights[c] as number) - most)
  for (let c = 0; c < weights.length; c++) weights[c] = (q * (weights[c] as number)) / sum
  weights[label] = 1 - q
}
