import * as tf from '@tensorflow/tfjs-core'
import type { ConfigOf } from '../../../shared/domain/robust-methods.ts'
import { crossEntropy, crossEntropyRows } from '../losses.ts'
import type { RobustMethod } from './method.ts'

export interface KeepSchedule {
  /** Share tau left out in the end. */
  readonly noiseRate: number
  /** Epochs over which it grows from 0. */
  readonly dropEpochs: number
}

/** Share of a batch to learn from: `R(e) = 1 - tau min(e / dropEpochs, 1)` in epoch e = 0, 1, ... (Han et al., 2018). */
export function keptShare(epoch: number, { noiseRate, dropEpochs }: KeepSchedule): number {
  return 1 - noiseRate * Math.min(epoch / dropEpochs, 1)
}

/**
 * Marks the examples with the smallest losses: 1 for the `floor(share n)` smallest, at least one, else 0. Equal losses: the
 * earlier one.
 */
export function smallestLosses(losses: ArrayLike<number>, share: number): Float32Array {
  const order = Array.from({ length: losses.length }, (_, i) => i).sort((a, b) => (losses[a] as number) - (losses[b] as number) || a - b)
  // Rounding 0.7 x 10 must not make 6 of 7.
  const kept = Math.max(1, Math.floor(share * losses.length + 1e-9))
  const marks = new Float32Array(losses.length)
  for (const i of order.slice(0, kept)) marks[i] = 1
  return marks
}

/**
 * Co-teaching: two networks, and each learns, with cross-entropy, from the examples of the batch whose loss is smallest for the
 * other one, so that the errors of one network are not fed back to itself. Source: Han et al., NeurIPS 2018.
 */
export function coTeachingMethod(schedule: ConfigOf<'co-teaching'>): RobustMethod {
  return {
    name: 'co-teaching',
    networks: 2,
    init: () => ({}),
    prepare: (batch, { network, epoch, predict }) => {
      const losses = crossEntropyRows(predict(1 - network, batch.inputs), batch.targets).dataSync()
      return { ...batch, clean: tf.tensor1d(smallestLosses(losses, keptShare(epoch, schedule))) }
    },
    loss: (logits, { targets, clean }) => crossEntropy(logits, targets, clean ? { weights: clean } : {})
  }
}
