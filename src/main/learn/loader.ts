import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { Stream } from './random.ts'

export interface BatchSettings {
  /** How many examples there are. */
  readonly count: number
  readonly batchSize: number
  /** Orders every epoch anew; without one, examples come in order. */
  readonly shuffle?: Stream
  /** Leaves out the last batch of an epoch when it is smaller than the others. Default false. */
  readonly dropLast?: boolean
}

/** A batch of an epoch: which rows it holds, in order. */
export interface Batch {
  readonly epoch: number
  /** Position within the epoch. */
  readonly index: number
  readonly rows: Int32Array
}

export interface Loader {
  readonly batchesPerEpoch: number
  /** The batch at a position of an epoch. */
  batch(epoch: number, index: number): Batch
  /** The batch of a global step (0, 1, 2, ...), running through epoch after epoch. */
  at(step: number): Batch
}

/**
 * Deals examples into batches. A batch is a pure function of the settings and its position, so that a run
 * resumes from its step number alone.
 */
export function batches({ count, batchSize, shuffle, dropLast = false }: BatchSettings): Loader {
  const batchesPerEpoch = dropLast ? Math.floor(count / batchSize) : Math.ceil(count / batchSize)
  if (!(batchesPerEpoch >= 1)) throw new RangeError(`${count} examples do not fill a batch of ${batchSize}.`)
  // The order of the epoch asked for last; a memo, which never changes what is returned.
  let memo: { epoch: number; order: Int32Array } | null = null
  const orderOf = (epoch: number): Int32Array => {
    if (memo?.epoch !== epoch) {
      memo = { epoch, order: shuffle ? shuffle.child('epoch', epoch).permutation(count) : Int32Array.from({ length: count }, (_, i) => i) }
    }
    return memo.order
  }
  const batch = (epoch: number, index: number): Batch => {
    if (!(index >= 0 && index < batchesPerEpoch)) throw new RangeError(`An epoch has ${batchesPerEpoch} batches; there is no batch ${index}.`)
    return { epoch, index, rows: orderOf(epoch).slice(index * batchSize, (index + 1) * batchSize) }
  }
  return { batchesPerEpoch, batch, at: (step) => batch(Math.floor(step / batchesPerEpoch), step % batchesPerEpoch) }
}

/** Examples in one typed array: `shape[0]` rows of `shape[1] x shape[2] x ...` numbers each. */
export interface RowSource {
  readonly data: Float32Array | Int32Array | Uint8Array
  readonly shape: readonly number[]
}

/**
 * Gathers rows into a batch tensor [rows, ...]. Float32Array gives float32, Int32Array int32, and bytes float32
 * times `byteScale` (1 / 255 by default, as pixels want it).
 */
export function gatherRows({ data, shape }: RowSource, rows: Int32Array, byteScale = 1 / 255): Tensor {
  const size = shape.slice(1).reduce((product, side) => product * side, 1)
  const count = shape[0] ?? 0
  const gathered = data instanceof Int32Array ? new Int32Array(rows.length * size) : new Float32Array(rows.length * size)
  rows.forEach((row, i) => {
    if (row < 0 || row >= count) throw new RangeError(`There is no row ${row} in ${count} rows.`)
    gathered.set(data.subarray(row * size, (row + 1) * size), i * size)
  })
  if (data instanceof Uint8Array) for (let i = 0; i < gathered.length; i++) gathered[i] = (gathered[i] as number) * byteScale
  return tf.tensor(gathered, [rows.length, ...shape.slice(1)], data instanceof Int32Array ? 'int32' : 'float32')
}
