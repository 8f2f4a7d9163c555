import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import type { ConfigOf } from '../../../shared/domain/robust-methods.ts'
import { crossEntropy, crossEntropyRows } from '../losses.ts'
import { stateArray } from './method.ts'
import type { EpochPredictions, PrepareContext, PreparedBatch, RobustMethod, TrainingBatch } from './method.ts'
import { mixup } from './mixup.ts'
import { monotoneLow, scaledToUnit, twoGaussians } from './two-components.ts'

/**
 * Probability that each example's label is clean: of its cross-entropy `-log p_label`, scaled to 0 .. 1, belonging to the
 * low one of two Gaussians, made monotone in the loss.
 *
 * @param probabilities N x K, row-major
 */
export function cleanProbabilities(probabilities: Float32Array, labels: Int32Array): Float64Array {
  const classes = probabilities.length / labels.length
  const losses = scaledToUnit(Float64Array.from(labels, (label, i) => -Math.log(Math.max(probabilities[i * classes + label] as number, 1e-12))))
  return monotoneLow(losses, twoGaussians(losses).low)
}

/** Sharpens rows of probabilities: `p_k^(1 / T) / sum_j p_j^(1 / T)`. */
export function sharpened(probabilities: Tensor2D, temperature: number): Tensor2D {
  return tf.tidy(() => tf.softmax<Tensor2D>(tf.div(tf.log(tf.maximum(probabilities, 1e-12)), temperature)))
}

export interface SelectionLossSettings {
  /** Weight of the squared error on suspect examples. */
  readonly suspectWeight: number
}

/**
 * The loss of a divided batch: cross-entropy, mean over clean examples; plus `suspectWeight` times the squared error between
 * probabilities and targets, mean over suspect examples and classes; plus `sum_k 1/K log(1/K / mean p_k)`, which keeps the
 * model from putting everything into one class. A part without examples counts nothing.
 *
 * @param logits [B, K]
 * @param targets constants, [B, K]
 * @param clean 1 for clean, 0 for suspect, [B]
 */
export function selectionLoss(logits: Tensor2D, targets: Tensor2D, clean: Tensor1D, { suspectWeight }: SelectionLossSettings): Scalar {
  return tf.tidy(() => {
    const p = tf.softmax(logits)
    const meanWhere = (rows: Tensor1D, marks: Tensor1D): Scalar => tf.div(tf.sum(tf.mul(rows, marks)), tf.maximum(tf.sum(marks), 1))
    const onClean = meanWhere(crossEntropyRows(logits, targets), clean)
    const onSuspect = meanWhere(tf.mean<Tensor1D>(tf.squaredDifference(p, targets), 1), tf.sub(1, clean))
    const shares = tf.maximum(tf.mean(p, 0), 1e-12)
    const balance = tf.neg(tf.add(tf.mean(tf.log(shares)), Math.log(logits.shape[1])))
    return tf.add<Scalar>(tf.add(onClean, tf.mul(onSuspect, suspectWeight)), balance)
  })
}

/**
 * Small-loss selection with semi-supervised relabelling, after DivideMix (Li, Socher and Hoi, ICLR 2020). After a warm-up with
 * cross-entropy, every epoch begins by dividing the examples by a mixture of two Gaussians on their losses. In a batch, labels of
 * clean examples are refined, `w y + (1 - w) p` with w the probability of being clean; suspect examples get the mean prediction
 * of the networks; both are sharpened, mixed (mixup), and trained on by {@link selectionLoss}. With two networks each one
 * divides the examples for the other.
 *
 * Simpler than the paper: one network unless two are asked for; no augmentation, so one prediction an example instead of
 * a mean over augmented copies; a batch holds clean and suspect examples as they come instead of equal numbers of both; the
 * division is by this epoch's losses alone, not by their mean over five epochs at high noise; the penalty on confident
 * predictions that the paper adds in the warm-up under asymmetric noise is left out.
 *
 * State: `clean/<network>`, N probabilities that its training goes by.
 */
export function smallLossSelectionMethod(config: ConfigOf<'small-loss-selection'>): RobustMethod {
  const networks = config.networks === 2 ? 2 : 1
  const divides = (epoch: number): boolean => epoch >= config.warmUpEpochs
  return {
    name: 'small-loss-selection',
    networks,
    init: ({ examples }) => Object.fromEntries(Array.from({ length: networks }, (_, i) => [`clean/${i}`, new Float32Array(examples).fill(1)])),
    wantsPredictions: divides,
    beginEpoch: ({ probabilities, labels }: EpochPredictions, state) =>
      probabilities.forEach((p, network) => stateArray(state, `clean/${networks - 1 - network}`).set(cleanProbabilities(p, labels))),
    prepare: (batch, context, state) => {
      if (!divides(context.epoch)) return batch
      const all = stateArray(state, `clean/${context.network}`)
      return relabelled(batch, Float32Array.from(batch.rows, (row) => all[row] as number), context, { ...config, networks })
    },
    loss: (logits, { targets, clean }, { epoch }) => {
      if (!clean) return crossEntropy(logits, targets)
      const grown = Math.min(1, (epoch - config.warmUpEpochs) / config.rampEpochs)
      return selectionLoss(logits, targets, clean, { suspectWeight: config.suspectWeight * grown })
    }
  }
}

type Settings = Pick<ConfigOf<'small-loss-selection'>, 'cleanThreshold' | 'temperature' | 'alpha' | 'networks'>

function relabelled(batch: TrainingBatch, probability: Float32Array, { network, predict, stream }: PrepareContext, settings: Settings): PreparedBatch {
  const { cleanThreshold, temperature, alpha, networks } = settings
  return tf.tidy(() => {
    const predictions = Array.from({ length: networks }, (_, i) => tf.softmax<Tensor2D>(predict(i, batch.inputs)))
    const own = predictions[network] as Tensor2D
    const mean = tf.div<Tensor2D>(tf.addN(predictions), networks)
    const w = tf.tensor2d(probability, [probability.length, 1])
    const isClean = Float32Array.from(probability, (p) => Number(p >= cleanThreshold))
    const clean = tf.tensor2d(isClean, [isClean.length, 1])
    const refined = tf.add(tf.mul(w, batch.targets), tf.mul(tf.sub(1, w), own))
    const believed = tf.add<Tensor2D>(tf.mul(clean, refined), tf.mul(tf.sub(1, clean), mean))
    const { inputs, targets } = mixup(batch.inputs, sharpened(believed, temperature), alpha, stream.child('mixup', network), true)
    return { ...batch, inputs, targets, clean: tf.tensor1d(isClean) }
  })
}
