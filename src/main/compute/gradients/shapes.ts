import * as tf from '@tensorflow/tfjs-core'
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core'
import { fromInput, fromNothing } from './define.ts'

/** Gradients of operations that move numbers around. */
export const shapeGradients: readonly GradConfig[] = [
  fromInput('Reshape', (dy, x) => tf.reshape(dy, x.shape)),
  fromInput('ExpandDims', (dy, x) => tf.reshape(dy, x.shape), 'input'),
  fromNothing('Transpose', (dy, { perm }) => {
    const order = perm as number[]
    return tf.transpose(dy, order.map((_, axis) => order.indexOf(axis)))
  }),
  fromNothing('Reverse', (dy, { dims }) => tf.reverse(dy, tf.util.parseAxisParam(dims as number[], dy.shape))),
  fromInput('Slice', (dy, x, { begin, size }) => {
    const [start, sizes] = tf.slice_util.parseSliceParams(x, begin as number[], size as number[]) as [number[], number[]]
    return tf.pad(dy, start.map((before, axis) => [before, (x.shape[axis] as number) - before - (sizes[axis] as number)] as [number, number]))
  }),
  fromInput('PadV2', (dy, x, { paddings }) => {
    const before = (paddings as unknown as number[][]).map(([first]) => first as number)
    return tf.slice(dy, before, x.shape)
  }),
  fromInput('Tile', (dy, x, { reps }) => {
    // Copies of axis k become an axis of their own, [r0, n0, r1, n1, ...], which is summed away.
    const split = (reps as number[]).flatMap((copies, axis) => [copies, x.shape[axis] as number])
    return tf.sum(tf.reshape(dy, split), x.shape.map((_, axis) => 2 * axis))
  }),
  {
    kernelName: 'Concat',
    saveAllInputs: true,
    gradFunc: (dy, saved, { axis }) => {
      const along = tf.util.parseAxisParam(axis as number, saved[0]?.shape ?? [])[0] as number
      const starts = saved.map((_, i) => saved.slice(0, i).reduce((sum, part) => sum + (part.shape[along] as number), 0))
      return Object.fromEntries(
        saved.map((part, i) => [i, () => tf.slice(dy as Tensor, part.shape.map((_, side) => (side === along ? (starts[i] as number) : 0)), part.shape)])
      )
    }
  },
  { kernelName: 'SplitV', gradFunc: (dy, _saved, { axis }) => ({ x: () => tf.concat(dy as Tensor[], axis as number) }) },
  {
    kernelName: 'Pack',
    saveAllInputs: true,
    gradFunc: (dy, saved, { axis }) => {
      const parts = tf.unstack(dy as Tensor, axis as number)
      return Object.fromEntries(saved.map((_, i) => [i, () => parts[i] as Tensor]))
    }
  },
  { kernelName: 'Unpack', gradFunc: (dy, _saved, { axis }) => ({ value: () => tf.stack(dy as Tensor[], axis as number) }) },
  {
    kernelName: 'AddN',
    saveAllInputs: true,
    gradFunc: (dy, saved) => Object.fromEntries(saved.map((_, i) => [i, () => tf.clone(dy as Tensor)]))
  },
  {
    kernelName: 'Select',
    inputsToSave: ['condition'],
    gradFunc: (dy, saved) => {
      const condition = saved[0] as Tensor
      const kept = (chosen: Tensor): Tensor => tf.mul(dy as Tensor, tf.cast(chosen, 'float32'))
      return {
        condition: () => tf.zeros(condition.shape, 'float32'),
        t: () => kept(condition),
        e: () => kept(tf.logicalNot(condition))
      }
    }
  },
  {
    kernelName: 'GatherV2',
    inputsToSave: ['x', 'indices'],
    gradFunc: (dy, saved, { axis, batchDims }) => {
      const [x, indices] = saved as [Tensor, Tensor]
      return {
        x: () => scatterRows(dy as Tensor, x, indices, tf.util.parseAxisParam(axis as number, x.shape)[0] as number, batchDims as number),
        indices: () => tf.zeros(indices.shape, 'float32')
      }
    }
  },
  {
    kernelName: 'UnsortedSegmentSum',
    inputsToSave: ['segmentIds'],
    gradFunc: (dy, saved) => ({ x: () => gatherSegments(dy as Tensor, saved[0] as Tensor) })
  }
]

/** Sums the gradient of every gathered row into the row it came from. */
function scatterRows(dy: Tensor, x: Tensor, indices: Tensor, axis: number, batchDims: number): Tensor {
  if (batchDims > 0) throw new Error('The gradient of gather with batchDims is not supported: gather from a reshaped tensor instead.')
  const outer = x.shape.slice(0, axis)
  const inner = x.shape.slice(axis + 1)
  const rows = tf.reshape(dy, [...outer, indices.size, ...inner])
  const toFront = [axis, ...outer.map((_, i) => i), ...inner.map((_, i) => axis + 1 + i)]
  const back = toFront.map((_, i) => toFront.indexOf(i))
  const summed = tf.unsortedSegmentSum(tf.transpose(rows, toFront), tf.reshape<tf.Rank.R1>(indices, [-1]), x.shape[axis] as number)
  return tf.transpose(summed, back)
}

/** The gradient of each row's segment; rows with a negative segment were dropped, so theirs is zero. */
function gatherSegments(dy: Tensor, segmentIds: Tensor): Tensor {
  const rows = tf.gather(dy, tf.maximum<tf.Tensor1D>(segmentIds, tf.scalar(0, 'int32')))
  const used = tf.cast(tf.greaterEqual(segmentIds, tf.scalar(0, 'int32')), 'float32')
  return tf.mul(rows, tf.reshape(used, [segmentIds.size, ...rows.shape.slice(1).map(() => 1)]))
}
