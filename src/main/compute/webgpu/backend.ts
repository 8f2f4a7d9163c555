import { createRequire } from 'node:module'
import * as tf from '@tensorflow/tfjs-core'
import type { backend_util, DataId, DataType } from '@tensorflow/tfjs-core'
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu'
import { BenchError } from '../../../shared/contract/errors.ts'
import { mapForReading } from './dawn.ts'
import { overBudget, overLimit } from './memory-budget.ts'

/** The package's backend with the members used here that its types leave out or hide. */
type PackageBackend = Omit<WebGPUBackend, 'bufferManager' | 'tensorMap'> & {
  commandEncoder: GPUCommandEncoder | null
  readonly bufferManager: BufferManager
  readonly tensorMap: { has(id: DataId): boolean; get(id: DataId): TensorData }
}

interface TensorData {
  readonly values: backend_util.BackendValues | null
  readonly dtype: DataType
  readonly resource?: GPUBuffer | null
  readonly complexTensorInfos?: unknown
}

interface BufferManager {
  acquireBuffer(size: number, usage: number, mappedAtCreation?: boolean, reuse?: boolean): GPUBuffer
  releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void
  readonly freeBuffers: Map<string, GPUBuffer[]>
  numFreeBuffers: number
  numBytesUsed: number
  numBytesAllocated: number
}

const packageName = '@tensorflow/tfjs-backend-webgpu'
const load = createRequire(import.meta.url)

export interface BackendOptions {
  readonly device: GPUDevice
  readonly info: GPUAdapterInfo
  /** Bytes that all buffers together may take. */
  readonly budget: number
}

/**
 * The package's backend on a device: with synchronous reads, a limit on memory that is checked before the driver is asked,
 * and failures of the device told as BenchErrors. The package's kernels are registered with it.
 */
export function createBackend(options: BackendOptions): WebGPUBackend {
  // Loaded before there is a `navigator.gpu`, or the package would register a backend of its own choice.
  const { WebGPUBackend: Backend } = load(packageName) as { WebGPUBackend: new (device: GPUDevice, info: GPUAdapterInfo) => WebGPUBackend }
  Object.defineProperty(globalThis.navigator, 'gpu', { value: {}, configurable: true })
  const backend = new Backend(options.device, options.info)
  const inside = backend as unknown as PackageBackend
  const health = watch(options.device)
  limitMemory(inside, options)
  readSynchronously(inside, health)
  copyOnWrite(inside)
  return backend
}

/** What is known of a device's troubles. */
interface Health {
  failure: BenchError | null
}

function watch(device: GPUDevice): Health {
  const health: Health = { failure: null }
  device.addEventListener('uncapturederror', (event) => {
    const { error } = event
    // It is thrown at the next read; without this, Dawn prints it as well.
    event.preventDefault()
    health.failure ??= failureOf(error)
  })
  void device.lost.then(({ message }) => {
    health.failure = lost(message)
  })
  return health
}

function failureOf(error: GPUError): BenchError {
  const details = error.message
  if (/out.?of.?memory/i.test(`${error.constructor.name} ${details}`)) {
    return new BenchError('out-of-memory', 'The GPU ran out of memory, though its driver claimed to have enough.', {
      hint: 'Use a smaller batch or model or another engine, or set WEAKBENCH_GPU_MEMORY=<MiB> to a smaller limit.',
      details
    })
  }
  return new BenchError('engine-unavailable', 'The GPU refused an operation.', { field: 'engine', hint: 'Use another engine; updating the GPU driver may help.', details })
}

function lost(details: string): BenchError {
  return new BenchError('device-lost', 'The GPU stopped answering: its driver was reset, or it was taken away.', {
    hint: 'Resume the job: it goes on from its last checkpoint. If it happens again, start the experiment anew on another engine.',
    details
  })
}

function limitMemory(backend: PackageBackend, { device, budget }: BackendOptions): void {
  const { bufferManager: manager } = backend
  const acquire = manager.acquireBuffer.bind(manager)
  const largest = Math.min(device.limits.maxBufferSize, device.limits.maxStorageBufferBindingSize)
  manager.acquireBuffer = (size, usage, mappedAtCreation = false, reuse = true) => {
    if (size > largest) throw overLimit(size, largest)
    const isFresh = !reuse || !manager.freeBuffers.get(`${size}_${usage}`)?.length
    if (isFresh && manager.numBytesAllocated + size > budget) {
      makeRoom(backend)
      if (manager.numBytesAllocated + size > budget) throw overBudget(size, manager.numBytesAllocated, budget)
    }
    return acquire(size, usage, mappedAtCreation, reuse)
  }
}

/** Hands over what waits, which frees tensors disposed since, and gives back the buffers that are kept for reuse. */
function makeRoom(backend: PackageBackend): void {
  flush(backend)
  const { bufferManager: manager } = backend
  for (const buffers of manager.freeBuffers.values()) {
    for (const buffer of buffers) {
      manager.numBytesAllocated -= buffer.size
      manager.numFreeBuffers--
      buffer.destroy()
    }
    buffers.length = 0
  }
}

function flush(backend: PackageBackend): void {
  if (backend.commandEncoder === null) return
  backend.endComputePassEncoder()
  backend.submitQueue()
}

function readSynchronously(backend: PackageBackend, health: Health): void {
  const readPackaged = backend.readSync.bind(backend)
  const readBuffer = (source: GPUBuffer): ArrayBuffer => {
    const { bufferManager: manager } = backend
    const staging = manager.acquireBuffer(source.size, GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ)
    backend.ensureCommandEncoderReady()
    backend.endComputePassEncoder()
    backend.commandEncoder?.copyBufferToBuffer(source, 0, staging, 0, source.size)
    backend.submitQueue()
    try {
      mapForReading(staging)
    } catch (cause) {
      throw health.failure ?? lost(cause instanceof Error ? cause.message : String(cause))
    }
    if (health.failure) throw health.failure
    const values = staging.getMappedRange().slice(0)
    staging.unmap()
    manager.releaseBuffer(staging)
    return values
  }
  backend.readSync = (id) => {
    const data = backend.tensorMap.get(id)
    if (data.values !== null && data.values !== undefined && !data.resource) return copyOf(data.values)
    // Complex tensors are made of two others, which come back here; strings never leave this process.
    if (!data.resource) return readPackaged(id)
    return tf.util.convertBackendValuesAndArrayBuffer(readBuffer(data.resource), data.dtype)
  }
  // One way to read: Dawn's events are then never under way in two places.
  backend.read = async (id) => {
    await Promise.resolve()
    return backend.readSync(id)
  }
}

/** The package keeps the array a tensor is made from until it is first used; a caller that fills it anew would change the tensor. */
function copyOnWrite(backend: PackageBackend): void {
  const write = backend.write.bind(backend)
  backend.write = (values, shape, dtype) => write(copyOf(values), shape, dtype)
}

function copyOf<T extends backend_util.BackendValues | null>(values: T): T {
  return (values && 'buffer' in values ? values.slice() : values) as T
}
