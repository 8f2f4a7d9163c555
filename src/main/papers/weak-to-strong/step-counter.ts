import type { WeakToStrongConfig } from '../../../shared/domain/weak-to-strong.ts'
import type { TrainingContext } from '../../runs/training-context.ts'

/** Steps of the contrastive network, for each step of a body's pretraining. */
const contrastiveShare = 1.6

/** Steps of the contrastive network that names the pseudo-classes (800 for the default 500 of the bodies). */
export const contrastiveSteps = (config: WeakToStrongConfig): number => Math.round(config.pretrainingSteps * contrastiveShare)

/** Counts the steps of one seed over all its trainings, so that the job shows one progress. */
export interface StepCounter {
  /** One more step of what `doing` says. */
  step(doing: string): void
  /** A training that an earlier attempt completed. */
  skip(steps: number): void
}

export function stepCounter(context: TrainingContext, seed: number, config: WeakToStrongConfig): StepCounter {
  const bodies = config.studentLevel - config.supervisorLevel + 1
  // Teacher, ceiling, naive, confidence, and one head a level of the bootstrapping chain.
  const heads = 4 + bodies - 1
  const contrastive = config.pretraining === 'unlabelled' ? contrastiveSteps(config) : 0
  const total = contrastive + bodies * config.pretrainingSteps + heads * config.headSteps
  let done = 0
  const report = (doing: string): void => context.progress(done, total, 'steps', `seed ${seed} · ${doing}`)
  return {
    step(doing) {
      done += 1
      report(doing)
    },
    skip(steps) {
      done += steps
    }
  }
}
