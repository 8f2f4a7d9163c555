import { flaggedBySplit } from '../detection.ts'
import type { Detection } from '../detection.ts'
import { visitSeen } from './dynamics-record.ts'
import type { DynamicsRecord, EpochRange } from './dynamics-record.ts'

export interface Forgetting {
  /** How often each example went from classified as labelled to classified otherwise, from one epoch in which it was seen to the next. */
  readonly events: Int32Array
  /** 1 where an example was ever classified as labelled. */
  readonly learnt: Uint8Array
  /** In how many epochs each example was seen. */
  readonly seen: Int32Array
}

/** Counts forgetting events (Toneva et al., ICLR 2019). */
export function forgettingEvents(record: DynamicsRecord, range: EpochRange = {}): Forgetting {
  const events = new Int32Array(record.examples)
  const learnt = new Uint8Array(record.examples)
  const wasRight = new Uint8Array(record.examples)
  const seen = visitSeen(
    record,
    record.margin,
    (row, margin) => {
      const isRight = Number(margin > 0)
      if (wasRight[row] === 1 && isRight === 0) events[row] = (events[row] as number) + 1
      if (isRight === 1) learnt[row] = 1
      wasRight[row] = isRight
    },
    range
  )
  return { events, learnt, seen }
}

/**
 * Detector: `1 - events / (most + 1)` with most the largest possible number, half the epochs seen; 0 for an example that was never
 * learnt, which counts as forgotten more often than any other. Flagged are the lower of two Gaussians of it.
 */
export function forgettingDetection({ events, learnt, seen }: Forgetting): Detection {
  const scores = Float64Array.from(events, (count, row) => (learnt[row] === 1 ? 1 - count / (Math.floor((seen[row] as number) / 2) + 1) : 0))
  return { scores, flagged: flaggedBySplit(scores) }
}
