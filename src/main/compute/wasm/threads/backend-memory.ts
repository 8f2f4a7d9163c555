import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { withSharedMemory } from './shared-memory.ts'

const binary = 'tfjs-backend-wasm-simd.wasm'

/**
 * Has the WebAssembly backend, which must not have started yet, start on memory that threads can share: its own SIMD binary
 * but for the kind of memory. Where that cannot be had it starts as always, and all work is done by one thread.
 *
 * @returns what to do once it has started
 */
export async function shareBackendMemory(): Promise<() => void> {
  if (availableParallelism() < 2 || !canShare()) return () => undefined
  const module = withSharedMemory(readFileSync(createRequire(import.meta.url).resolve(`@tensorflow/tfjs-backend-wasm/dist/${binary}`)))
  const url = URL.createObjectURL(new Blob([module], { type: 'application/wasm' }))
  // The backend would wait for ever for what it cannot fetch.
  if (await isServed(url)) {
    // With SIMD and without the backend's own threads, which Node does not have, it takes the second.
    setWasmPaths({ 'tfjs-backend-wasm.wasm': url, [binary]: url, 'tfjs-backend-wasm-threaded-simd.wasm': url }, true)
  }
  return () => URL.revokeObjectURL(url)
}

const isServed = (url: string): Promise<boolean> =>
  fetch(url).then(
    (response) => response.ok,
    () => false
  )

/** Whether this process may reserve shared memory of the backend's size, which takes room for all of it from the start. */
function canShare(): boolean {
  try {
    return new WebAssembly.Memory({ initial: 256, maximum: 65_536, shared: true }).buffer instanceof SharedArrayBuffer
  } catch {
    return false
  }
}
