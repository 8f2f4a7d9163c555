import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { BenchError } from '../../shared/contract/errors.ts'
import { adamUpdate } from '../compute/kernels/adam-update.ts'
import { descentUpdate } from '../compute/kernels/descent-update.ts'
import { momentumUpdate } from '../compute/kernels/momentum-update.ts'
import { arraysToParams, disposeParams, mapParams, paramsToArrays } from './parameters.ts'
import type { Params, PlainArrays } from './parameters.ts'

/** What an optimizer remembers between steps: how many it made, and tensors by slot (`m`, `v`, `velocity`). */
export interface OptimizerState {
  readonly step: number
  readonly slots: Readonly<Record<string, Params>>
}

/** {@link OptimizerState} outside the engine, as checkpoints store it. */
export interface PlainOptimizerState {
  readonly step: number
  readonly slots: Readonly<Record<string, PlainArrays>>
}

export interface Updated {
  readonly params: Params
  readonly state: OptimizerState
}

/** A rule that turns gradients into new parameters; it holds no state of its own. */
export interface Optimizer {
  readonly name: string
  /** State before the first step. Its tensors are the caller's to dispose, with {@link disposeState}. */
  init(params: Params): OptimizerState
  /**
   * One step. Parameters without a gradient stay as they are. Replaced parameters and slots are disposed,
   * gradients are not.
   *
   * @param learningRate of this step, from a schedule
   */
  update(params: Params, gradients: Params, state: OptimizerState, learningRate: number): Updated
}

export interface SgdSettings {
  /** L2 penalty: `weightDecay * parameter` is added to the gradient. Default 0. */
  readonly weightDecay?: number
}

export interface MomentumSettings extends SgdSettings {
  /** Share of the velocity that is kept. Default 0.9. */
  readonly momentum?: number
  /** Nesterov's look-ahead. Default false. */
  readonly nesterov?: boolean
}

export interface AdamSettings {
  /** Decay of the first moment. Default 0.9. */
  readonly beta1?: number
  /** Decay of the second moment. Default 0.999. */
  readonly beta2?: number
  /** Added to the denominator. Default 1e-8. */
  readonly epsilon?: number
  /** Adam: L2 penalty in the gradient. AdamW: decoupled, `learningRate * weightDecay * parameter`. Default 0 (AdamW 0.01). */
  readonly weightDecay?: number
}

/** Stochastic gradient descent: `p' = p - rate (g + decay p)`. */
export function sgd({ weightDecay = 0 }: SgdSettings = {}): Optimizer {
  return {
    name: 'sgd',
    init: () => ({ step: 0, slots: {} }),
    update: (params, gradients, state, learningRate) =>
      updateEach(params, gradients, state, [], (parameter, gradient) =>
        [descentUpdate(parameter, gradient, { rate: learningRate, keep: 1 - learningRate * weightDecay, consumes: true })]
      )
  }
}

/** Gradient descent with (Polyak or Nesterov) momentum: `u' = mu u + g`, `p' = p - rate u'`. */
export function momentum(settings: MomentumSettings = {}): Optimizer {
  const { momentum: kept = 0.9, nesterov = false, weightDecay = 0 } = settings
  return {
    name: nesterov ? 'nesterov' : 'momentum',
    init: (params) => ({ step: 0, slots: { velocity: zerosLike(params) } }),
    update: (params, gradients, state, rate) =>
      updateEach(params, gradients, state, ['velocity'], (parameter, gradient, [velocity]) =>
        momentumUpdate(parameter, gradient, velocity as Tensor, { rate, momentum: kept, nesterov, coupledDecay: weightDecay, consumes: true })
      )
  }
}

/** Adam (Kingma and Ba, 2015) with bias correction; weight decay, if any, is an L2 penalty. */
export function adam({ weightDecay = 0, ...settings }: AdamSettings = {}): Optimizer {
  return adamFamily('adam', settings, (_rate) => ({ coupledDecay: weightDecay, decoupledDecay: 0 }))
}

/** AdamW (Loshchilov and Hutter, 2019): weight decay is applied to the parameter, not through the moments. */
export function adamw({ weightDecay = 0.01, ...settings }: AdamSettings = {}): Optimizer {
  return adamFamily('adamw', settings, (rate) => ({ coupledDecay: 0, decoupledDecay: rate * weightDecay }))
}

/** Frees the tensors of a state. */
export function disposeState(state: OptimizerState): void {
  Object.values(state.slots).forEach(disposeParams)
}

/** Copies a state out of the engine, exactly. */
export function stateToArrays(state: OptimizerState): PlainOptimizerState {
  return { step: state.step, slots: mapSlots(state.slots, paramsToArrays) }
}

/** Brings a state back, bit for bit: training continues as if it had never stopped. */
export function arraysToState(plain: PlainOptimizerState): OptimizerState {
  return { step: plain.step, slots: mapSlots(plain.slots, arraysToParams) }
}

type Decays = { readonly coupledDecay: number; readonly decoupledDecay: number }

function adamFamily(name: string, settings: Omit<AdamSettings, 'weightDecay'>, decays: (rate: number) => Decays): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = settings
  return {
    name,
    init: (params) => ({ step: 0, slots: { m: zerosLike(params), v: zerosLike(params) } }),
    update: (params, gradients, state, learningRate) => {
      const step = state.step + 1
      const attributes = {
        rate: learningRate / (1 - beta1 ** step),
        secondCorrection: 1 / (1 - beta2 ** step),
        beta1,
        beta2,
        epsilon,
        ...decays(learningRate),
        consumes: true
      }
      return updateEach(params, gradients, state, ['m', 'v'], (parameter, gradient, [m, v]) =>
        adamUpdate(parameter, gradient, m as Tensor, v as Tensor, attributes)
      )
    }
  }
}

/** Runs a rule that maps a parameter, its gradient and its slots to their successors over all parameters. */
function updateEach(
  params: Params,
  gradients: Params,
  state: OptimizerState,
  slotNames: readonly string[],
  rule: (parameter: Tensor, gradient: Tensor, slots: Tensor[]) => Tensor[]
): Updated {
  const nextParams: Record<string, Tensor> = {}
  const nextSlots: Record<string, Record<string, Tensor>> = Object.fromEntries(slotNames.map((slot) => [slot, {}]))
  for (const [name, parameter] of Object.entries(params)) {
    const slots = slotNames.map((slot) => slotTensor(state, slot, name))
    const gradient = gradients[name]
    const [nextParameter, ...next] = gradient ? rule(parameter, gradient, slots) : [parameter, ...slots]
    nextParams[name] = nextParameter as Tensor
    slotNames.forEach((slot, i) => Object.assign(nextSlots[slot] as object, { [name]: next[i] }))
    if (gradient) tf.dispose([parameter, ...slots])
  }
  return { params: nextParams, state: { step: state.step + 1, slots: nextSlots } }
}

function slotTensor(state: OptimizerState, slot: string, name: string): Tensor {
  const found = state.slots[slot]?.[name]
  if (!found) {
    throw new BenchError('bad-data', `The optimizer's state has no ${slot} for the parameter ${name}.`, {
      hint: 'Resume with the optimizer and the model that the checkpoint was made with.'
    })
  }
  return found
}

function zerosLike(params: Params): Params {
  return mapParams(params, (tensor) => tf.zerosLike(tensor))
}

function mapSlots<A, B>(slots: Readonly<Record<string, A>>, change: (slot: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(slots).map(([name, slot]) => [name, change(slot)]))
}
