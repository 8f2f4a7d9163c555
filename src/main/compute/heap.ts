import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu'
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core'

/**
 * Direct access to the numbers of tensors on the engines that keep them in this process's memory.
 * On WebAssembly a view is valid until the next allocation: growing the heap detaches every view, so a
 * kernel allocates all its outputs first and takes its views afterwards.
 */
export type HostEngine = 'wasm' | 'cpu'
export const hostEngines: readonly HostEngine[] = ['wasm', 'cpu']

/** Allocates the output of a kernel. Its content is undefined on WebAssembly: write every element. */
export function allocate(backend: object, shape: readonly number[], dtype: DataType = 'float32'): TensorInfo {
  if (isWasm(backend)) return backend.makeOutput([...shape], dtype)
  const size = shape.reduce((product, side) => product * side, 1)
  const values = dtype === 'int32' ? new Int32Array(size) : new Float32Array(size)
  return (backend as MathBackendCPU).makeTensorInfo([...shape], dtype, values)
}

/** The numbers of a float32 tensor, in place. */
export function floats(backend: object, tensor: TensorInfo): Float32Array {
  return view(backend, tensor) as Float32Array
}

/** The numbers of an int32 tensor, in place. */
export function integers(backend: object, tensor: TensorInfo): Int32Array {
  return view(backend, tensor) as Int32Array
}

function view(backend: object, tensor: TensorInfo): unknown {
  if (isWasm(backend)) return backend.typedArrayFromHeap(tensor)
  return (backend as MathBackendCPU).data.get(tensor.dataId).values
}

function isWasm(backend: object): backend is BackendWasm {
  return 'typedArrayFromHeap' in backend
}

/** Frees a tensor that a kernel allocated for itself. */
export function release(backend: object, tensor: TensorInfo): void {
  if (isWasm(backend)) backend.disposeData(tensor.dataId)
  else (backend as MathBackendCPU).disposeData(tensor.dataId)
}

/**
 * Where a kernel on WebAssembly writes the successors of tensors: over each of them if it may be overwritten and no other
 * tensor shares its memory, which saves reading and allocating as much again; else into memory of their own.
 */
export function successorsOf(backend: object, tensors: readonly TensorInfo[], consumes: boolean): TensorInfo[] {
  const memory = backend as Pick<BackendWasm, 'refCount' | 'incRef'>
  return tensors.map(({ dataId, shape, dtype }) => {
    if (!consumes || memory.refCount(dataId) !== 1) return allocate(backend, shape, dtype)
    memory.incRef(dataId)
    return { dataId, shape, dtype }
  })
}
