import { BenchError } from '../../shared/contract/errors.ts'

/** What JavaScript, WebAssembly and TensorFlow say when memory does not suffice. */
const signs = [/array buffer allocation failed/i, /invalid typed array length/i, /memory access out of bounds/i, /\bOOM\b/, /failed to allocate memory/i, /out of memory/i]

/**
 * Whatever a computation threw, with a shortage of memory told as BenchError `out-of-memory`; anything else stays as it is.
 * WebGPU and the allocator of WebAssembly tell it themselves.
 */
export function withoutAllocationFailure(error: unknown): unknown {
  if (error instanceof BenchError || !(error instanceof Error) || !signs.some((sign) => sign.test(error.message))) return error
  return new BenchError('out-of-memory', 'Memory does not suffice for this model and batch.', {
    hint: 'Use a smaller batch or model, run fewer jobs at a time, or use another engine.',
    details: error.stack ?? error.message
  }, error)
}
