import { availableParallelism, totalmem } from 'node:os'

/** Memory a worker is expected to need (Node, an engine, a data set), in bytes. */
const workerMemory = 512 * 1024 * 1024

/** Memory that workers may use: what is available now, yet at least a quarter of what there is, since much of it is often only cache. */
const memoryForWorkers = (): number => Math.max(process.availableMemory(), Math.min(totalmem(), process.constrainedMemory() || Infinity) / 4)

/** How many threads each of so many workers computes with: together as many as there are cores, and at least one. */
export const threadsOfWorker = (running: number, cores = availableParallelism()): number => Math.max(1, Math.floor(cores / Math.max(1, running)))

/** The number of workers that this machine (or the container it is) carries now: one a core, fewer where memory is short, never fewer than one. */
export const defaultWorkers = (cores = availableParallelism(), free = memoryForWorkers()): number => Math.max(1, Math.min(cores, Math.floor(free / workerMemory)))
