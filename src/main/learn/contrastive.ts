import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core'

/** Square of the least length a row is divided by. Under the root, so that an all-zero row has the gradient 0 and not NaN. */
const leastSquare = 1e-12

/** Rows scaled to unit length; an all-zero row stays zero. */
export function normalizeRows(x: Tensor2D): Tensor2D {
  return tf.tidy(() => tf.div(x, tf.sqrt(tf.add(tf.sum(tf.square(x), 1, true), leastSquare))))
}

/**
 * NT-Xent, the loss of contrastive learning without labels (Chen et al. 2020, arXiv 2002.05709, equation 1): each view
 * must find the other view of its own image among all 2N - 1 others, by cosine similarity over a temperature.
 *
 * @param embeddings [2N, D]; rows i and N + i are two views of one image
 * @returns the mean over the 2N views of -log softmax(similarity / temperature) at the partner
 * @throws RangeError when the rows do not come in pairs
 */
export function ntXent(embeddings: Tensor2D, temperature: number): Scalar {
  const [rows] = embeddings.shape
  if (rows === 0 || rows % 2 !== 0) throw new RangeError(`Views come in pairs, which ${rows} rows are not.`)
  return tf.tidy(() => {
    const half = rows / 2
    const z = normalizeRows(embeddings)
    const similarity = tf.div(tf.matMul(z, z, false, true), temperature)
    // A view must not find itself.
    const others = tf.sub(similarity, selfMask(rows))
    // The partner's similarity as a product of rows, which spares a one-hot matrix of 2N x 2N.
    const partner = tf.concat([tf.slice(z, [half, 0], [half, -1]), tf.slice(z, [0, 0], [half, -1])])
    const positive = tf.div(tf.sum(tf.mul(z, partner), 1), temperature)
    return tf.mean(tf.sub(tf.logSumExp(others, 1), positive))
  })
}

/** 1e9 on the diagonal, which takes an entry out of a softmax, and zero elsewhere. */
function selfMask(rows: number): Tensor2D {
  const mask = new Float32Array(rows * rows)
  for (let row = 0; row < rows; row++) mask[row * (rows + 1)] = 1e9
  return tf.tensor2d(mask, [rows, rows])
}
