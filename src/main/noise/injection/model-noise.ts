import { BenchError } from '../../../shared/contract/errors.ts'
import { stream } from '../../learn/random.ts'
import { checkProbabilities, type ClassProbabilities, countLabels } from '../inputs.ts'
import { drawFrom, type NoisyLabels, noisyLabels } from './noisy-labels.ts'
import { checkRate } from './transition-matrix.ts'

/**
 * Noise as a weak model would make it: labels are drawn from the model's class probabilities.
 *
 * Without a rate, every label is drawn from its row. With a rate, example i is mislabelled with probability q_i = min(1, s (1 -
 * p_i,true)), s such that the mean of q_i is the rate, and its wrong class is drawn from the model's probabilities of the others.
 *
 * @throws BenchError `bad-data` naming the row that cannot be; `invalid-input` for a rate outside [0, 1], or one that the model is too sure for
 */
export function injectFromModel(truth: ArrayLike<number>, model: ClassProbabilities, seed: number, rate?: number): NoisyLabels {
  checkProbabilities(model)
  const { rows, classes, probabilities } = model
  if (truth.length !== rows) throw new BenchError('bad-data', `There are ${truth.length} labels for ${rows} rows of probabilities.`, { field: `row ${Math.min(truth.length, rows) + 1}`, hint: 'Give one label a row of probabilities.' })
  countLabels(truth, classes)
  const doubts = Float64Array.from(truth, (label, i) => Math.max(0, 1 - (probabilities[i * classes + label] as number)))
  const scale = rate === undefined ? 1 : scaleFor(doubts, rate)
  const random = stream(seed, 'label-noise')
  const weights = new Float64Array(classes)
  const labels = new Int32Array(rows)
  for (let i = 0; i < rows; i++) {
    const label = truth[i] as number
    const flip = Math.min(1, scale * (doubts[i] as number))
    let others = 0
    for (let c = 0; c < classes; c++) if (c !== label) others += probabilities[i * classes + c] as number
    for (let c = 0; c < classes; c++) weights[c] = others > 0 ? (flip * (probabilities[i * classes + c] as number)) / others : 0
    weights[label] = others > 0 ? 1 - flip : 1
    labels[i] = drawFrom(weights, 0, classes, random.uniform())
  }
  return noisyLabels(labels, truth, classes)
}

/** s with mean(min(1, s d)) = rate, by bisection. */
function scaleFor(doubts: Float64Array, rate: number): number {
  checkRate(rate)
  const meanFlip = (scale: number): number => doubts.reduce((sum, doubt) => sum + Math.min(1, scale * doubt), 0) / doubts.length
  let high = 1
  while (meanFlip(high) < rate && high < 2 ** 60) high *= 2
  // Within rounding of what the examples allow that the model doubts at all.
  if (meanFlip(high) < rate - 1e-9) {
    const hint = 'Give a lower rate, or probabilities of a weaker model.'
    throw new BenchError('invalid-input', `The model doubts too few labels for a noise rate of ${rate}; it allows ${meanFlip(high).toFixed(3)}.`, { field: 'rate', hint })
  }
  let low = 0
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2
    if (meanFlip(middle) < rate) low = middle
    else high = middle
  }
  return high
}
