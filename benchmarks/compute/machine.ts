import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'

/** Where figures come from. */
export interface Machine {
  readonly processor: string
  /** Cores this process may use. */
  readonly cores: number
  readonly memoryGiB: number
  readonly system: string
  readonly node: string
  /** Processes ready to run, mean of the last minute before the start: near 0 on a quiet machine. */
  readonly loadBefore: number
}

/** Describes this machine. */
export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}, ${process.arch}`,
    node: process.versions.node,
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100
  }
}
