import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import type { Params } from '../parameters.ts'
import type { Stream } from '../random.ts'
import { biasOf, dense, kernelOf } from './layers.ts'
import type { Activation, KernelInit } from './layers.ts'
import type { Model } from './model.ts'

/** A named run of dense layers, each followed by the part's activation. */
export interface DensePart {
  readonly name: string
  /** Width of each layer. */
  readonly units: readonly number[]
  /** After every layer of the part; `linear` for a head. */
  readonly activation: Activation
  /** How kernels start: `he` (the default), or `zero`, which suits a linear head on frozen features. */
  readonly init?: KernelInit
}

export interface DenseOptions {
  /** Runs these parts only, in the network's order: `['body']` gives features, `['head']` starts from features. */
  readonly parts?: readonly string[]
}

/**
 * A dense network (multilayer perceptron) made of named parts, such as a body and a head that are trained apart.
 * Parameters: `<part>/<layer>/kernel` [in, out], He-normal, and `<part>/<layer>/bias` [out], zero.
 * Input [B, input], output [B, width of the last layer].
 */
export function denseNetwork(input: number, parts: readonly DensePart[]): Model<DenseOptions> {
  return {
    init: (stream) => initParts(input, parts, stream),
    apply: (params, x, options = {}) => {
      const chosen = options.parts ? parts.filter((part) => options.parts?.includes(part.name)) : parts
      return tf.tidy(() => chosen.reduce((hidden: Tensor, part) => applyPart(params, part, hidden), x))
    }
  }
}

/** The usual dense classifier: ReLU layers `body`, linear `head` with one logit a class. */
export function denseClassifier(input: number, hidden: readonly number[], classes: number): Model<DenseOptions> {
  return denseNetwork(input, [
    { name: 'body', units: hidden, activation: 'relu' },
    { name: 'head', units: [classes], activation: 'linear' }
  ])
}

function initParts(input: number, parts: readonly DensePart[], stream: Stream): Params {
  const params: Record<string, Tensor> = {}
  let width = input
  for (const part of parts) {
    part.units.forEach((units, layer) => {
      const prefix = `${part.name}/${layer}`
      params[`${prefix}/kernel`] = kernelOf([width, units], width, part.init ?? 'he', stream.child(part.name, layer))
      params[`${prefix}/bias`] = biasOf(units)
      width = units
    })
  }
  return params
}

function applyPart(params: Params, part: DensePart, x: Tensor): Tensor {
  return part.units.reduce((hidden: Tensor, _, layer) => dense(params, `${part.name}/${layer}`, hidden as Tensor2D, part.activation), x)
}
