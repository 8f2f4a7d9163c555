import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core'
import { BenchError } from '../../../shared/contract/errors.ts'
import type { ConfigOf } from '../../../shared/domain/robust-methods.ts'
import { crossEntropy, stopGradient } from '../losses.ts'
import type { Targets } from '../losses.ts'
import { stateArray } from './method.ts'
import type { MethodState, RobustMethod } from './method.ts'

/** Probabilities are kept this far from 0 and 1. */
const clamp = 1e-4

/**
 * Early-learning regularization, mean over rows: `CE + lambda log(1 - <T, p>)` with p the softmax of the logits clamped to
 * [1e-4, 1 - 1e-4]. The logarithm is negative: minimising drives <T, p> towards 1. No gradient flows into T.
 * With respect to the logits the second term's gradient is `p_c (<T, p> - T_c) / (1 - <T, p>)`.
 * Source: Liu et al., NeurIPS 2020.
 *
 * @param logits [B, K]
 * @param memory T, [B, K]: the examples' running averages of predictions
 * @param strength lambda; 0 gives cross-entropy, bit for bit
 */
export function earlyLearningLoss(logits: Tensor2D, targets: Targets, memory: Tensor2D, strength: number): Scalar {
  if (strength === 0) return crossEntropy(logits, targets)
  return tf.tidy(() => {
    const p = tf.clipByValue(tf.softmax(logits), clamp, 1 - clamp)
    const regularizer = tf.mean(tf.log(tf.sub(1, tf.sum(tf.mul(stopGradient(memory), p), 1))))
    return tf.add<Scalar>(crossEntropy(logits, targets), tf.mul(regularizer, strength))
  })
}

/**
 * Early-learning regularization with its memory: before each loss, `T_i <- beta T_i + (1 - beta) p_i / sum_k p_ik` for the
 * examples of the batch, from zero, so that the first epoch is nearly cross-entropy. State: `memory`, N x K.
 */
export function earlyLearningMethod({ strength, memory: kept }: ConfigOf<'early-learning-regularization'>): RobustMethod {
  return {
    name: 'early-learning-regularization',
    networks: 1,
    init: ({ examples, classes }) => ({ memory: new Float32Array(examples * classes) }),
    loss: (logits, { targets, rows }, _context, state) =>
      tf.tidy(() => {
        const old = tf.tensor2d(rowsOf(state, rows, logits.shape[1]), [rows.length, logits.shape[1]])
        const p = tf.clipByValue(tf.softmax(stopGradient(logits)), clamp, 1 - clamp)
        const now = tf.div(p, tf.sum(p, 1, true))
        return earlyLearningLoss(logits, targets, tf.add<Tensor2D>(tf.mul(old, kept), tf.mul(now, 1 - kept)), strength)
      }),
    after: ({ rows, logits }, state) => remember(stateArray(state, 'memory'), rows, logits, kept)
  }
}

/** Moves the rows of the memory towards the predictions, in place. */
function remember(memory: { [at: number]: number }, rows: Int32Array, logits: Float32Array, kept: number): void {
  const classes = logits.length / rows.length
  const seen = new Set<number>()
  const p = new Float64Array(classes)
  rows.forEach((row, i) => {
    if (seen.has(row)) throw repeated(row)
    seen.add(row)
    clampedSoftmax(logits.subarray(i * classes, (i + 1) * classes), p)
    p.forEach((value, k) => {
      memory[row * classes + k] = kept * (memory[row * classes + k] as number) + (1 - kept) * value
    })
  })
}

/** Writes the softmax, clamped and normalised, to `p`. */
function clampedSoftmax(logits: Float32Array, p: Float64Array): void {
  let top = -Infinity
  for (const value of logits) top = Math.max(top, value)
  let sum = 0
  logits.forEach((value, k) => (sum += p[k] = Math.exp(value - top)))
  let total = 0
  p.forEach((value, k) => (total += p[k] = Math.min(1 - clamp, Math.max(clamp, value / sum))))
  p.forEach((value, k) => (p[k] = value / total))
}

function rowsOf(state: MethodState, rows: Int32Array, classes: number): Float32Array {
  const memory = stateArray(state, 'memory')
  const found = new Float32Array(rows.length * classes)
  rows.forEach((row, i) => found.set(memory.subarray(row * classes, (row + 1) * classes), i * classes))
  return found
}

const repeated = (row: number): BenchError =>
  new BenchError('invalid-input', `Training example ${row} is twice in one batch; its memory can be moved once a step.`, {
    hint: 'Draw batches without replacement.'
  })
