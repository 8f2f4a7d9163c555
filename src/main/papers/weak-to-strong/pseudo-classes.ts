import { stream } from '../../learn/random.ts'
import type { PlainArrays } from '../../learn/parameters.ts'
import type { Checkpoint } from '../../learn/train.ts'
import type { TrainingContext } from '../../runs/training-context.ts'
import type { WeakToStrongInput } from './input.ts'
import { contrastiveSteps, type StepCounter } from './step-counter.ts'
import { drawViews, pseudoClasses, trainContrastive, unlabelledPretraining } from './unlabelled-pretraining.ts'

/**
 * Names a pseudo-class for every pretraining image without looking at a label; as a target for every row of the data
 * set, -1 where there is none. The contrastive network is a run of its own, so that its curve can be seen.
 */
export async function findPseudoClasses(context: TrainingContext, input: WeakToStrongInput, rows: Int32Array, counter: StepCounter, versionKey: string): Promise<Int32Array> {
  const { seed, config } = input
  const steps = contrastiveSteps(config)
  const key = 'pretraining/contrastive'
  const random = stream(seed, 'weak-to-strong', 'contrastive')
  const stage = `${key}/classes`
  if (context.stages.isDone(stage)) counter.skip('contrastive', steps)
  const classes = await context.stages.run<Int32Array, Checkpoint>(stage, async (progress) => {
    const run = context.begin({
      key,
      name: `contrastive pretraining, seed ${seed}`,
      arm: 'pretraining',
      role: 'pretraining',
      seed,
      versionKey,
      config: { model: { ...unlabelledPretraining }, pseudoClasses: config.pseudoClasses, steps, labels: 'none' }
    })
    const began = performance.now()
    counter.skip('contrastive', progress.saved?.step ?? 0)
    const images = imagesOf(input, rows)
    const views = await drawViews(images, input.side, random.child('views'), () => context.breathe())
    let last = Number.NaN
    const params: PlainArrays = await trainContrastive(views, steps, random, progress, async (step, loss) => {
      last = loss
      run.metric('loss', step, loss)
      counter.step('contrastive', 'contrastive pretraining')
      await context.breathe()
    })
    const found = pseudoClasses(params, views, config.pseudoClasses, random.child('clusters'))
    run.end({ loss: last, steps, seconds: (performance.now() - began) / 1000 })
    return found
  })
  const targets = new Int32Array(input.digits.length).fill(-1)
  rows.forEach((row, index) => {
    targets[row] = classes[index] ?? -1
  })
  return targets
}

/** The images of some rows, one after another. */
function imagesOf({ images, side }: WeakToStrongInput, rows: Int32Array): Uint8Array {
  const size = side * side
  const chosen = new Uint8Array(rows.length * size)
  rows.forEach((row, index) => chosen.set(images.subarray(row * size, (row + 1) * size), index * size))
  return chosen
}
