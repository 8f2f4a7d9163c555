import { createRequire } from 'node:module'
import * as tf from '@tensorflow/tfjs-core'
import type { KernelConfig, Tensor } from '@tensorflow/tfjs-core'
import type { WebGPUBackend, WebGPUProgram, webgpu_util } from '@tensorflow/tfjs-backend-webgpu'

type Programs = Pick<WebGPUBackend, 'runWebGPUProgram'>

/**
 * Sum of rows by segment, `y[s] = sum of x[i] where ids[i] = s`, ids outside the range dropped: the gradient of a gather. One
 * thread an output element goes through all ids in order, so that the same inputs give the same bits; the package's own
 * kernel adds atomically in whatever order threads come, wraps ids beyond the last around, and mixes up the programs of
 * whole numbers and of floats.
 */
export const segmentSumKernel: KernelConfig = {
  kernelName: 'UnsortedSegmentSum',
  backendName: 'webgpu',
  kernelFunc: ({ inputs, attrs, backend }) => {
    const { x, segmentIds } = inputs as Record<'x' | 'segmentIds', Tensor>
    const segments = attrs?.['numSegments'] as number
    const rows = segmentIds.size
    const inner = rows === 0 ? 0 : x.size / rows
    const shape = [segments, ...x.shape.slice(segmentIds.rank)]
    return tf.tidy(() => {
      if (rows === 0 || segments === 0) return tf.zeros(shape, x.dtype)
      const operands = [tf.reshape(x, [rows, inner]), tf.reshape(segmentIds, [rows])]
      const sums = (backend as Programs).runWebGPUProgram(program(segments, inner, x.dtype), operands, x.dtype, [{ type: 'int32', data: [rows] }, { type: 'int32', data: [inner] }])
      return tf.reshape(tf.engine().makeTensorFromTensorInfo(sums), shape)
    })
  }
}

function program(segments: number, inner: number, dtype: tf.DataType): WebGPUProgram {
  const { webgpu_util: arrange } = createRequire(import.meta.url)('@tensorflow/tfjs-backend-webgpu') as { webgpu_util: typeof webgpu_util }
  const outputShape = [segments, inner]
  const workgroupSize: [number, number, number] = [64, 1, 1]
  const dispatchLayout = arrange.flatDispatchLayout(outputShape)
  const zero = dtype === 'int32' ? '0' : '0.0'
  return {
    variableNames: ['x', 'segmentIds'],
    uniforms: 'rows : i32, inner : i32,',
    outputShape,
    workgroupSize,
    dispatchLayout,
    dispatch: arrange.computeDispatch(dispatchLayout, outputShape, workgroupSize),
    size: true,
    shaderKey: `benchSegmentSum_${dtype}`,
    getUserCode: () => `
      fn main(index : i32) {
        if (index < uniforms.size) {
          let segment = index / uniforms.inner;
          let column = index % uniforms.inner;
          var sum = ${zero};
          for (var row = 0; row < uniforms.rows; row = row + 1) {
            if (segmentIds[row] == segment) {
              sum = sum + x[row * uniforms.inner + column];
            }
          }
          result[index] = sum;
        }
      }`
  }
}
