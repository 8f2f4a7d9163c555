import * as v from 'valibot'
import { seed } from '../../shared/contract/fields.ts'
import { engineIds } from '../../shared/domain/engine.ts'
import { TrainingConfig } from '../../shared/domain/training.ts'
import { useEngine } from '../compute/engine.ts'
import { TrainingData } from '../runs/training/training-data.ts'
import { trainArms } from '../runs/training/train-arms.ts'
import type { JobContext } from './job-context.ts'
import { trainingContext } from './training-job.ts'

const Input = v.object({ seed, config: TrainingConfig, engine: v.picklist(engineIds) })

/** One seed of a training experiment: every arm, one after the other. */
export async function trainSeed(context: JobContext): Promise<null> {
  const input = v.parse(Input, context.input)
  const data = new TrainingData(context.bench, input.config)
  const engine = await useEngine(input.engine)
  context.log('info', `Seed ${input.seed} on ${engine.describe()}.`)
  await trainArms(trainingContext(context, engine), data, input.config, input.seed)
  return null
}
