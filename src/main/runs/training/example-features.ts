import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import { hashTexts } from '../../learn/hashed-text-features.ts'
import { gatherRows } from '../../learn/loader.ts'
import { measureColumns } from '../../learn/standardize.ts'

/** Features of all examples of a data set, handed to the engine a batch at a time. */
export interface ExampleFeatures {
  /** Shape of one example: one number for tables and texts, height, width and perhaps channels for images. */
  readonly shape: readonly number[]
  /** Features of these rows, [rows, ...shape], float32; the caller's to dispose. */
  gather(rows: Int32Array): Tensor
}

/** Bytes times 1 / 255, floats as they are. */
export function arrayFeatures(data: Uint8Array | Float32Array, count: number, shape: readonly number[]): ExampleFeatures {
  return { shape, gather: (rows) => gatherRows({ data, shape: [count, ...shape] }, rows) }
}

/**
 * Columns of a table less their mean over their standard deviation, both measured on `measured` rows (those trained on), applied as
 * a batch is gathered so that a million rows are held once.
 */
export function standardizedFeatures(data: Float32Array, count: number, width: number, measured: Int32Array): ExampleFeatures {
  const { mean, scale } = measureColumns(data, width, measured)
  return {
    shape: [width],
    gather(rows) {
      const batch = new Float32Array(rows.length * width)
      rows.forEach((row, place) => {
        if (row < 0 || row >= count) throw new RangeError(`There is no row ${row} in ${count} rows.`)
        for (let column = 0; column < width; column++) batch[place * width + column] = ((data[row * width + column] ?? 0) - (mean[column] ?? 0)) / (scale[column] ?? 1)
      })
      return tf.tensor2d(batch, [rows.length, width])
    }
  }
}

/** Hashed n-grams of each example's texts, kept sparse and spread out a batch at a time; every row has length 1. */
export function textFeatures(texts: readonly (string | null)[], width: number): ExampleFeatures {
  const sparse = hashTexts(texts, { width, longest: 2, seed: 0, inverseDocumentFrequency: false })
  const lengths = Float32Array.from(sparse, ({ weights }) => Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0)))
  return {
    shape: [width],
    gather(rows) {
      const batch = new Float32Array(rows.length * width)
      rows.forEach((row, place) => {
        const [text, length] = [sparse[row], lengths[row] ?? 0]
        if (text !== undefined && length > 0) text.columns.forEach((column, index) => (batch[place * width + column] = (text.weights[index] ?? 0) / length))
      })
      return tf.tensor2d(batch, [rows.length, width])
    }
  }
}

/** Features as a dense network wants them: one row of numbers an example. */
export const flat = (x: Tensor): Tensor2D => tf.reshape<tf.Rank.R2>(x, [x.shape[0] ?? 0, -1])
