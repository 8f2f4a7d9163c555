import { env } from '@tensorflow/tfjs-core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { plainModule } from './plain-module.ts'
import { relaxedModule } from './relaxed-module.ts'

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
  readonly padImage: Call
  readonly turnFilter: Call
  readonly packFilter: Call
  readonly convolve: Call
  readonly addFilterGradient: Call
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
  readonly wasm: { readonly asm: { readonly memory: WebAssembly.Memory }; _malloc(bytes: number): number; _free(address: number): void }
}

function open(backend: WasmInternals): OwnHeap {
  const compiled = new WebAssembly.Module(Buffer.from(relaxed ? relaxedModule : plainModule, 'base64'))
  const kernels = new WebAssembly.Instance(compiled, { env: { memory: backend.wasm.asm.memory } }).exports as unknown as OwnKernels
  let [scratchAt, scratchSize] = [0, 0]
  return {
    kernels,
    address: (tensor) => backend.dataIdMap.get(tensor.dataId).memoryOffset,
    scratch: (bytes) => {
      if (bytes > scratchSize) {
        if (scratchSize > 0) backend.wasm._free(scratchAt)
        // Room to spare: sizes tend to come in ascending order.
        scratchSize = Math.ceil(bytes * 1.25) + 64
        scratchAt = backend.wasm._malloc(scratchSize) >>> 0
        if (scratchAt === 0) throw new Error(`The WebAssembly heap has no room for ${scratchSize} bytes of scratch memory.`)
      }
      return scratchAt
    }
  }
}
