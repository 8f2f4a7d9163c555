import * as v from 'valibot'
import { TrainingConfig } from '../../shared/domain/training.ts'
import { TrainingData } from '../runs/training/training-data.ts'
import { outlineTraining, type TrainingOutline } from '../runs/training/training-plan.ts'
import type { Bench } from '../store/bench.ts'

/** What a training configuration amounts to on its data set. */
export function trainingOutline(input: unknown, bench: Bench): Promise<TrainingOutline> {
  const config = v.parse(TrainingConfig, input)
  return Promise.resolve(outlineTraining(new TrainingData(bench, config), config))
}
