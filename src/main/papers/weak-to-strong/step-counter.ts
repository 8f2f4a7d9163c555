import type { WeakToStrongConfig } from '../../../shared/domain/weak-to-strong.ts'
import type { TrainingContext } from '../../runs/training-context.ts'

/** Steps of the contrastive network, for each step of a body's pretraining. */
const contrastiveShare = 1.6

/** Steps of the contrastive network that names the pseudo-classes (800 for the default 500 of the bodies). */
export const contrastiveSteps = (config: WeakToStrongConfig): number => Math.round(config.pretrainingSteps * contrastiveShare)

/** What a step of each kind costs, in steps of a head; only ratios matter, and only for the time left. */
const costs = { contrastive: 15, body: 2, head: 1 } as const
type Kind = keyof typeof costs

/** Counts the steps of one seed over all its trainings, so that the job shows one progress. */
export interface StepCounter {
  /** One more step of a kind, for what `doing` says. */
  step(kind: Kind, doing: string): void
  /** Steps that an earlier attempt made. */
  skip(kind: Kind, steps: number): void
}

export function stepCounter(context: TrainingContext, seed: number, config: WeakToStrongConfig): StepCounter {
  const bodies = config.studentLevel - config.supervisorLevel + 1
  const totals: Readonly<Record<Kind, number>> = {
    contrastive: config.pretraining === 'unlabelled' ? contrastiveSteps(config) : 0,
    body: bodies * config.pretrainingSteps,
    // Teacher, ceiling, naive, confidence, and one head a level of the bootstrapping chain.
    head: (4 + bodies - 1) * config.headSteps
  }
  const steps = totals.contrastive + totals.body + totals.head
  const work = totals.contrastive * costs.contrastive + totals.body * costs.body + totals.head * costs.head
  let done = 0
  let worked = 0
  const skip = (kind: Kind, count: number): void => {
    done += count
    worked += count * costs[kind]
  }
  return {
    skip,
    step(kind, doing) {
      skip(kind, 1)
      context.progress(done, steps, 'steps', `seed ${seed} · ${doing}`, worked / work)
    }
  }
}
