import { BenchError } from '../../../shared/contract/errors.ts'

/** The allocator of a WebAssembly module made with Emscripten. */
export interface Allocator {
  /** The address of fresh memory; 0 where there is none, and where the size exceeds 32 bits that of less memory than asked for. */
  _malloc(bytes: number): number
  _free(address: number): void
}

const gibibyte = 2 ** 30
/** What a module addresses with 32 bits, in bytes. */
const addressable = 2 ** 32

/**
 * Makes an allocator refuse what memory does not suffice for. Left alone it would answer with an address all the same, and
 * kernels would write over whatever lies there.
 *
 * @throws from then on BenchError `out-of-memory`
 */
export function refuseBeyondMemory(allocator: Allocator): void {
  // The first call puts the function itself in the place of one that looks it up.
  allocator._free(allocator._malloc(8))
  const allocate = allocator._malloc.bind(allocator)
  allocator._malloc = (bytes) => {
    const address = bytes < addressable ? allocate(bytes) : 0
    if (address === 0 && bytes > 0) throw beyondMemory(bytes)
    return address
  }
}

const beyondMemory = (bytes: number): BenchError =>
  new BenchError('out-of-memory', `The memory of the WebAssembly engine does not suffice: it holds 4 GiB at most, and ${inWords(bytes)} more were asked for.`, {
    hint: 'Use a smaller batch or model, or another engine.'
  })

const inWords = (bytes: number): string => (bytes < gibibyte ? `${Math.ceil(bytes / 2 ** 20)} MiB` : `${(bytes / gibibyte).toFixed(1)} GiB`)
