import type { BenchInfo } from '../domain/bench.ts'
import type { Job, JobProgress } from '../domain/job.ts'
import type { JournalState } from '../domain/journal.ts'
import type { RunMetrics } from '../domain/run.ts'

/**
 * What main tells every client without being asked. Payloads are coalesced (see `src/main/api/event-hub.ts`):
 * at most 20 deliveries a second, later states replace earlier ones, metric points are concatenated.
 */
export interface Events {
  /** Another bench file is open, or its counts changed. */
  'bench.changed': BenchInfo
  'datasets.changed': { readonly datasetIds: readonly string[] }
  /** Status, name or summary of these changed: read them again. */
  'experiments.changed': { readonly experimentIds: readonly string[] }
  'runs.changed': { readonly runIds: readonly string[]; readonly experimentIds: readonly string[] }
  /** New points since the last delivery. */
  'runs.metrics': { readonly runs: readonly RunMetrics[] }
  'jobs.changed': { readonly jobs: readonly Job[] }
  'jobs.progress': { readonly jobs: readonly { readonly id: string; readonly progress: JobProgress }[] }
  'journal.changed': JournalState
  /** One sentence for the status bar. */
  notice: { readonly level: 'info' | 'warning' | 'error'; readonly message: string }
  /** The native menu (Electron) asks the window for a command of its palette. */
  'menu.command': { readonly command: string }
}

export type Topic = keyof Events
export const topics = [
  'bench.changed',
  'datasets.changed',
  'experiments.changed',
  'runs.changed',
  'runs.metrics',
  'jobs.changed',
  'jobs.progress',
  'journal.changed',
  'notice',
  'menu.command'
] as const satisfies readonly Topic[]
