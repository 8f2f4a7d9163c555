import { availableParallelism } from 'node:os'

/** More than this many threads gain little on the sizes of tensors that are trained here. */
export const mostThreads = 8

let count = 1

/** How many threads kernels may use now, main among them. */
export const threadCount = (): number => count

/**
 * Sets how many threads kernels on WebAssembly may use from now on, at most one a core. It changes how long they take, never
 * what they compute: no number of an output depends on which thread writes it.
 */
export function useThreads(wanted: number, cores = availableParallelism()): void {
  count = Math.max(1, Math.min(Math.floor(wanted), cores, mostThreads))
}
