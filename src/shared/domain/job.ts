import type { ErrorPayload } from '../contract/errors.ts'

export const jobStatuses = ['queued', 'running', 'cancelling', 'done', 'failed', 'cancelled', 'interrupted'] as const
export type JobStatus = (typeof jobStatuses)[number]

export interface JobProgress {
  /** Share of the work done, in [0, 1]. */
  readonly fraction: number
  /** What is being done now: `seed 3 · naive student`. */
  readonly message: string
  /** Units a second (steps, rows), or null where there is no rate yet. */
  readonly rate: number | null
  readonly unit: string
  /** Seconds left by the mean rate so far, or null. */
  readonly secondsLeft: number | null
}

export interface Job {
  readonly id: string
  readonly kind: string
  readonly name: string
  readonly experimentId: string | null
  readonly status: JobStatus
  readonly progress: JobProgress
  readonly error: ErrorPayload | null
  /** How many times it has been started; more than one after a resume. */
  readonly attempts: number
  /** True when it is interrupted, failed or cancelled and can be resumed (from a checkpoint, or from the start). */
  readonly resumable: boolean
  readonly pid: number | null
  readonly createdAt: number
  readonly startedAt: number | null
  readonly endedAt: number | null
}

export interface JobLogLine {
  readonly sequence: number
  readonly at: number
  readonly level: 'info' | 'warning' | 'error'
  readonly message: string
}
