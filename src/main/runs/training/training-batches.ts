import * as tf from '@tensorflow/tfjs-core'
import type { Tensor2D } from '@tensorflow/tfjs-core'
import { type Batch, batches } from '../../learn/loader.ts'
import type { Stream } from '../../learn/random.ts'
import type { ArmTargets } from './training-rows.ts'

/** Deals positions of the training examples into batches; a batch is a pure function of its step. */
export interface BatchOrder {
  readonly batchesPerEpoch: number
  at(step: number): Batch
}

/** Every example once an epoch, in an order of the epoch's own. */
export const shuffledOrder = (count: number, batchSize: number, stream: Stream): BatchOrder => batches({ count, batchSize, shuffle: stream })

/**
 * As many draws an epoch as there are examples, with replacement: first a class, each that has examples equally often, then one of
 * its examples.
 *
 * @param labels class position of each training example
 */
export function balancedOrder(labels: Int32Array, batchSize: number, stream: Stream): BatchOrder {
  const members = new Map<number, number[]>()
  labels.forEach((label, position) => {
    const own = members.get(label)
    if (own === undefined) members.set(label, [position])
    else own.push(position)
  })
  const classes = [...members].sort(([a], [b]) => a - b).map(([, positions]) => positions)
  const inOrder = batches({ count: labels.length, batchSize })
  // The draws of the epoch asked for last; a memo, which never changes what is returned.
  let memo: { readonly epoch: number; readonly drawn: Int32Array } | undefined
  const drawnIn = (epoch: number): Int32Array => {
    if (memo?.epoch !== epoch) {
      const own = stream.child('epoch', epoch)
      memo = {
        epoch,
        drawn: Int32Array.from(labels, () => {
          const positions = classes[own.integer(classes.length)] ?? []
          return positions[own.integer(positions.length)] ?? 0
        })
      }
    }
    return memo.drawn
  }
  return {
    batchesPerEpoch: inOrder.batchesPerEpoch,
    at(step) {
      const batch = inOrder.at(step)
      const drawn = drawnIn(batch.epoch)
      return { ...batch, rows: batch.rows.map((place) => drawn[place] ?? 0) }
    }
  }
}

/** Targets of data set rows as class probabilities [rows, classes]: one-hot where labels are hard. */
export function gatherTargets({ labels, probabilities }: ArmTargets, rows: Int32Array, classes: number): Tensor2D {
  const targets = new Float32Array(rows.length * classes)
  rows.forEach((row, place) => {
    if (probabilities === null) targets[place * classes + (labels[row] ?? 0)] = 1
    else targets.set(probabilities.subarray(row * classes, (row + 1) * classes), place * classes)
  })
  return tf.tensor2d(targets, [rows.length, classes])
}
