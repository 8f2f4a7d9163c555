/** A learning rate by step: `schedule(step, steps)` for step 0 .. steps - 1. */
export type Schedule = (step: number, steps: number) => number

export type Decay = 'constant' | 'linear' | 'cosine'

export interface ScheduleSettings {
  readonly decay: Decay
  /** The highest rate. */
  readonly rate: number
  /** Steps over which the rate rises linearly from rate / warmupSteps to rate. Default 0. */
  readonly warmupSteps?: number
}

/**
 * A learning-rate schedule: a linear warm-up, then constant, linear decay to 0 or cosine annealing to 0
 * (Loshchilov and Hutter, 2017). With f the share of the steps after the warm-up that are done:
 * `rate`, `rate (1 - f)`, `rate (1 + cos(pi f)) / 2`. The rate would reach 0 at `step = steps`, one after the last.
 */
export function schedule({ decay, rate, warmupSteps = 0 }: ScheduleSettings): Schedule {
  return (step, steps) => {
    if (step < warmupSteps) return (rate * (step + 1)) / warmupSteps
    const done = Math.min(1, (step - warmupSteps) / Math.max(1, steps - warmupSteps))
    return rate * remaining(decay, done)
  }
}

function remaining(decay: Decay, done: number): number {
  switch (decay) {
    case 'constant':
      return 1
    case 'linear':
      return 1 - done
    case 'cosine':
      return (1 + Math.cos(Math.PI * done)) / 2
  }
}
