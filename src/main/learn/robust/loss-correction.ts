import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core'
import { BenchError } from '../../../shared/contract/errors.ts'
import type { ConfigOf } from '../../../shared/domain/robust-methods.ts'
import { crossEntropy, probabilitiesOf } from '../losses.ts'
import type { Targets } from '../losses.ts'
import { stateArray } from './method.ts'
import type { EpochPredictions, MethodState, RobustMethod } from './method.ts'
import { anchorEstimate, confidentEstimate, inverseOf } from './transition-matrix.ts'

/** Stands for the probability of a label that the model and the matrix rule out. */
const leastProbability = 1e-30

/**
 * Forward correction, mean over rows: `-sum_j t_j log (sum_i p_i T_ij)`, the cross-entropy of the probabilities of the
 * given labels, p the softmax of the logits and T the noise matrix (row: true class). Its minimiser is the clean
 * posterior. Source: Patrini et al., CVPR 2017, theorem 2.
 *
 * @param logits [B, K]
 * @param matrix T, [K, K]
 */
export function forwardCorrection(logits: Tensor2D, targets: Targets, matrix: Tensor2D): Scalar {
  return tf.tidy(() => {
    const given = tf.matMul<Tensor2D>(tf.softmax(logits), matrix)
    const wanted = probabilitiesOf(targets, logits.shape[1])
    return tf.neg(tf.mean(tf.sum(tf.mul(wanted, tf.log(tf.maximum(given, leastProbability))), 1)))
  })
}

/**
 * Backward correction, mean over rows: `sum_j t_j (T^-1 l)_j` with `l_i = -log p_i` the losses of all classes; its mean over
 * the noise is the clean loss. It may be negative and has no lower bound. Source: Patrini et al., CVPR 2017, theorem 1.
 *
 * @param logits [B, K]
 * @param inverse T^-1, [K, K]
 */
export function backwardCorrection(logits: Tensor2D, targets: Targets, inverse: Tensor2D): Scalar {
  return tf.tidy(() => {
    // t (T^-1 l) = (t T^-1) l: corrected targets, which sum to 1 and may be negative.
    const corrected = tf.matMul<Tensor2D>(probabilitiesOf(targets, logits.shape[1]), inverse)
    return tf.neg(tf.mean(tf.sum(tf.mul(corrected, tf.logSoftmax(logits)), 1)))
  })
}

/**
 * Trains with {@link forwardCorrection} or {@link backwardCorrection}: with the given matrix from the first step, or, after a
 * warm-up with cross-entropy, with one estimated from the predictions. State: `matrix` (T, or its inverse for backward
 * correction), `known` (1 once there is one).
 */
export function lossCorrectionMethod(config: ConfigOf<'forward-correction' | 'backward-correction'>): RobustMethod {
  const { name, matrix: given, warmUpEpochs } = config
  const isForward = name === 'forward-correction'
  const lossOf = isForward ? forwardCorrection : backwardCorrection
  const applied = (matrix: Float64Array, classes: number): Float64Array => (isForward ? matrix : inverseOf(matrix, classes))
  return {
    name,
    networks: 1,
    init: ({ classes }) =>
      given === null
        ? { matrix: new Float64Array(classes * classes), known: new Uint8Array(1) }
        : { matrix: applied(flat(given, classes), classes), known: Uint8Array.of(1) },
    wantsPredictions: (epoch) => given === null && epoch === warmUpEpochs,
    beginEpoch: (predictions, state) => {
      const matrix = estimated(predictions, config.estimate, state)
      stateArray(state, 'matrix').set(applied(matrix, Math.sqrt(matrix.length)))
      stateArray(state, 'known').fill(1)
    },
    loss: (logits, { targets }, _context, state) => {
      if (stateArray(state, 'known')[0] !== 1) return crossEntropy(logits, targets)
      const classes = logits.shape[1]
      return lossOf(logits, targets, tf.tensor2d(Float32Array.from(stateArray(state, 'matrix')), [classes, classes]))
    }
  }
}

function estimated({ probabilities, labels }: EpochPredictions, by: 'confident' | 'anchor', state: MethodState): Float64Array {
  const classes = Math.sqrt(stateArray(state, 'matrix').length)
  const p = probabilities[0]
  if (!p) throw new RangeError('The noise matrix cannot be estimated without predictions.')
  return by === 'anchor' ? anchorEstimate(p, classes) : confidentEstimate(p, labels, classes)
}

function flat(rows: readonly (readonly number[])[], classes: number): Float64Array {
  if (rows.length !== classes) {
    throw new BenchError('invalid-input', `The noise matrix is for ${rows.length} classes, but the data set has ${classes}.`, {
      field: 'matrix',
      hint: `Give a matrix of ${classes} rows and columns, or none to have it estimated.`
    })
  }
  return Float64Array.from(rows.flat())
}
