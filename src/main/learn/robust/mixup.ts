import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import type { ConfigOf } from '../../../shared/domain/robust-methods.ts'
import { crossEntropy } from '../losses.ts'
import type { Stream } from '../random.ts'
import { betaDraw } from './beta-draw.ts'
import type { RobustMethod } from './method.ts'

export interface Mixed {
  readonly inputs: Tensor
  readonly targets: Tensor2D
  /** Weight l of the example at its own place; 1 - l is that of its partner. */
  readonly weight: number
  /** Partner of each example, [B]. */
  readonly partners: Int32Array
}

/**
 * Mixes a batch with a permutation of itself: `x' = l x + (1 - l) x_partner`, and targets alike, with one weight
 * l ~ Beta(alpha, alpha) a batch. Source: Zhang et al., ICLR 2018.
 *
 * @param inputs [B, ...] float32
 * @param targets probabilities [B, K]
 * @param keepsLarger takes max(l, 1 - l), so that each mixed example is mostly itself (Li et al., 2020)
 */
export function mixup(inputs: Tensor, targets: Tensor2D, alpha: number, stream: Stream, keepsLarger = false): Mixed {
  const drawn = betaDraw(alpha, alpha, stream.child('weight'))
  const weight = keepsLarger ? Math.max(drawn, 1 - drawn) : drawn
  const partners = stream.child('partners').permutation(targets.shape[0])
  return tf.tidy(() => {
    const order = tf.tensor1d(partners, 'int32')
    const mix = <T extends Tensor>(x: T): T => tf.add<T>(tf.mul(x, weight), tf.mul(tf.gather(x, order), 1 - weight))
    return { inputs: mix(inputs), targets: mix(targets), weight, partners }
  })
}

/** Trains with cross-entropy on mixed batches, see {@link mixup}; cross-entropy is linear in its target, so that it is the mix of both losses. */
export function mixupMethod({ alpha }: ConfigOf<'mixup'>): RobustMethod {
  return {
    name: 'mixup',
    networks: 1,
    init: () => ({}),
    prepare: (batch, { stream }) => {
      const { inputs, targets } = mixup(batch.inputs, batch.targets, alpha, stream.child('mixup'))
      return { ...batch, inputs, targets }
    },
    loss: (logits, { targets }) => crossEntropy(logits, targets)
  }
}
