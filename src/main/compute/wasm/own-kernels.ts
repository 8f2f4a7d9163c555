import { env } from '@tensorflow/tfjs-core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { Allocator } from './allocator.ts'
import { plainModule } from './plain-module.ts'
import { relaxedModule } from './relaxed-module.ts'
import { ThreadPool } from './threads/pool.ts'
import type { Calls } from './threads/pool.ts'
import { cut, piecesFor } from './threads/ranges.ts'
import type { Range } from './threads/ranges.ts'
import { withSharedMemory } from './threads/shared-memory.ts'
import { threadCount } from './threads/thread-count.ts'

/** A function of the module: byte addresses, sizes, strides and numbers; see `assembly/` for which. */
type Call = (...numbers: number[]) => void

/** The functions of `assembly/kernels.ts`. */
export interface OwnKernels {
  readonly scratchBytes: (columns: number) => number
  readonly multiply: Call
  readonly biasActivation: Call
  readonly biasActivationGradient: Call
  readonly reluGradient: Call
  readonly gelu: Call
  readonly geluGradient: Call
  readonly softmax: Call
  readonly softmaxGradient: Call
  readonly crossEntropy: Call
  readonly crossEntropyGradient: Call
  readonly layerNorm: Call
  readonly layerNormGradient: Call
  readonly attend: Call
  readonly attendGradient: Call
  readonly dense: Call
  readonly turnFilter: Call
  readonly packFilter: Call
  readonly convolve: Call
  readonly filterGradient: Call
  readonly maxPool: Call
  readonly maxPoolGradient: Call
  readonly gatherRows: (...numbers: number[]) => number
  readonly sumOfRows: Call
  readonly sumBySegment: Call
  readonly adam: Call
  readonly momentum: Call
  readonly descend: Call
}

/** The bench's kernels on the memory of one backend. */
export interface OwnHeap {
  readonly kernels: OwnKernels
  /** The byte address of a tensor's numbers. They stay there as long as the tensor lives. */
  readonly address: (tensor: TensorInfo) => number
  /** The byte address of at least so many bytes, the same for every kernel: theirs until they return. */
  readonly scratch: (bytes: number) => number
  /**
   * Cuts an axis along which the numbers of an output do not depend on each other, for as many threads as pay.
   *
   * @param step what all ranges but the last are a multiple of
   * @param nanoseconds how long one thread takes for all of it, roughly
   */
  readonly ranges: (length: number, step: number, nanoseconds: number) => readonly Range[]
  /**
   * Makes calls of a kernel that write to different places, by as many threads as are in use.
   *
   * @param scratchArgument which argument is an address from `scratch`: every thread gets memory of its own in place of it
   */
  readonly run: (kernel: keyof OwnKernels, calls: Calls, scratchArgument?: number) => void
}

let relaxed = false

/** Chooses the module for relaxed or for plain SIMD, before the backend runs its first kernel. */
export function useRelaxedSimd(wanted: boolean): void {
  relaxed = wanted
}

/** Whether the bench's kernels can run on the WebAssembly backend; without SIMD its own kernels do. */
export function runsOwnKernels(): boolean {
  return env().getBool('WASM_HAS_SIMD_SUPPORT')
}

const heaps = new WeakMap<object, OwnHeap>()

/** The bench's kernels on the memory of this WebAssembly backend. */
export function heapOf(backend: object): OwnHeap {
  const known = heaps.get(backend)
  if (known) return known
  const heap = open(backend as WasmInternals)
  heaps.set(backend, heap)
  return heap
}

/** What the backend has but does not declare: its module's memory and allocator. */
type WasmInternals = Pick<BackendWasm, 'dataIdMap'> & {
  readonly wasm: Allocator & { readonly asm: { readonly memory: WebAssembly.Memory } }
}

function open(backend: WasmInternals): OwnHeap {
  const { memory } = backend.wasm.asm
  const isShared = memory.buffer instanceof SharedArrayBuffer
  const binary = Buffer.from(relaxed ? relaxedModule : plainModule, 'base64')
  const module = new WebAssembly.Module(isShared ? withSharedMemory(binary) : binary)
  const { exports } = new WebAssembly.Instance(module, { env: { memory, logarithm: Math.log } })
  const kernels = exports as unknown as OwnKernels
  const pool = isShared ? new ThreadPool(module, memory, exports) : null
  const threads = (): number => (pool ? threadCount() : 1)
  const scratch = scratchOf(backend, threads)
  return {
    kernels,
    address: (tensor) => backend.dataIdMap.get(tensor.dataId).memoryOffset,
    scratch: scratch.reserve,
    ranges: (length, step, nanoseconds) => cut(length, step, piecesFor(nanoseconds, threads())),
    run: (kernel, calls, scratchArgument = -1) => {
      const one: Call = kernels[kernel]
      if (pool && calls.length > 1) pool.run(kernel, calls, threads(), scratchArgument, scratch.size())
      else for (const call of calls) one(...call)
    }
  }
}

interface Scratch {
  readonly reserve: (bytes: number) => number
  /** Bytes of one thread's part; the parts lie one after the other. */
  readonly size: () => number
}

function scratchOf({ wasm }: WasmInternals, threads: () => number): Scratch {
  let [at, size, parts] = [0, 0, 0]
  return {
    size: () => size,
    reserve: (bytes) => {
      if (bytes > size || threads() > parts) {
        if (parts > 0) wasm._free(at)
        // Room to spare: sizes tend to come in ascending order. Threads write on cache lines of their own.
        const wanted = Math.ceil((Math.max(size / 1.25, bytes) * 1.25 + 64) / 64) * 64
        const wantedParts = threads()
        // Nothing until there is something again: the allocation may be refused.
        ;[at, size, parts] = [0, 0, 0]
        at = wasm._malloc(wanted * wantedParts) >>> 0
        ;[size, parts] = [wanted, wantedParts]
      }
      return at
    }
  }
}
