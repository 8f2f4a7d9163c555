import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { BenchError } from '../../shared/contract/errors.ts'
import type { OptimizerState } from './optimizers.ts'
import { mapParams } from './parameters.ts'
import type { Params } from './parameters.ts'
import type { TrainState } from './train.ts'

/**
 * Puts the parameters of several runs of one configuration into one set with a leading run axis: R tensors [...] of a
 * name become one [R, ...]. The runs' own tensors are not disposed.
 *
 * @throws BenchError `bad-data` when the runs' parameters differ in names or shapes
 */
export function stackParams(runs: readonly Params[]): Params {
  const [first] = runs
  if (!first) throw new RangeError('A stack needs at least one run.')
  return mapParams(first, (tensor, name) => tf.stack(runs.map((run, i) => alike(run[name], tensor, name, i)), 0))
}

/** The parameters of each run of a stack, in order: [R, ...] becomes R tensors [...]. The stack is not disposed. */
export function unstackParams(stacked: Params): Params[] {
  const slices = Object.entries(stacked).map(([name, tensor]) => [name, tf.unstack(tensor, 0)] as const)
  return Array.from({ length: runsOf(stacked) }, (_, run) => Object.fromEntries(slices.map(([name, parts]) => [name, parts[run] as Tensor])))
}

/**
 * Puts runs in progress into one, for {@link trainStackedStep}; the states passed in are not disposed.
 *
 * @throws BenchError `bad-data` when the runs have made different numbers of steps, or their tensors differ in shape
 */
export function stackTrainStates(states: readonly TrainState[]): TrainState {
  const [first] = states
  if (!first) throw new RangeError('A stack needs at least one run.')
  const behind = states.findIndex(({ step, optimizer }) => step !== first.step || optimizer.step !== first.optimizer.step)
  if (behind >= 0) {
    throw new BenchError('bad-data', `Run ${behind + 1} has made ${states[behind]?.step ?? 0} steps and run 1 ${first.step}, so they cannot train as one.`, {
      hint: 'Train runs together from the same step on, or each alone.'
    })
  }
  const slots = Object.keys(first.optimizer.slots).map((slot) => [slot, stackParams(states.map((state) => state.optimizer.slots[slot] ?? {}))] as const)
  return {
    params: stackParams(states.map(({ params }) => params)),
    optimizer: { step: first.optimizer.step, slots: Object.fromEntries(slots) },
    step: first.step
  }
}

/** The state of each run of a stack, as if it had been trained alone, such as for its checkpoint. The stack is not disposed. */
export function unstackTrainState({ params, optimizer, step }: TrainState): TrainState[] {
  const slots = Object.entries(optimizer.slots).map(([slot, stacked]) => [slot, unstackParams(stacked)] as const)
  return unstackParams(params).map((own, run) => {
    const ownSlots = Object.fromEntries(slots.map(([slot, parts]) => [slot, parts[run] as Params]))
    const state: OptimizerState = { step: optimizer.step, slots: ownSlots }
    return { params: own, optimizer: state, step }
  })
}

/** How many runs a stack holds. */
export function runsOf(stacked: Params): number {
  return Object.values(stacked)[0]?.shape[0] ?? 0
}

function alike(tensor: Tensor | undefined, model: Tensor, name: string, run: number): Tensor {
  if (tensor && tf.util.arraysEqual(tensor.shape, model.shape)) return tensor
  const found = tensor ? `is [${tensor.shape.join(', ')}]` : 'is missing'
  throw new BenchError('bad-data', `The parameter ${name} of run ${run + 1} ${found}; run 1 has [${model.shape.join(', ')}].`, {
    hint: 'Only runs of one model, with the same widths, can train as one.'
  })
}
