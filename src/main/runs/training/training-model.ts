import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import { BenchError } from '../../../shared/contract/errors.ts'
import type { TrainingModel } from '../../../shared/domain/training.ts'
import { convolutionalNetwork } from '../../learn/models/convolutional.ts'
import { denseClassifier, denseNetwork } from '../../learn/models/dense.ts'
import type { Params } from '../../learn/parameters.ts'
import type { Stream } from '../../learn/random.ts'
import { flat } from './example-features.ts'

/** A classifier over whole examples: [B, ...shape] to logits [B, classes]. */
export interface Classifier {
  init(stream: Stream): Params
  apply(params: Params, x: Tensor): Tensor2D
  /** Numbers that are trained. */
  readonly parameters: number
  /** Widths from input to classes where it is a dense network, by which a step's time is looked up; null otherwise. */
  readonly widths: readonly number[] | null
}

/**
 * Builds the model of a configuration for examples of this shape.
 *
 * @throws BenchError `invalid-input` for a convolutional network on examples that are not images, or whose sides it cannot halve twice
 */
export function classifierOf(model: TrainingModel, shape: readonly number[], classes: number): Classifier {
  const width = shape.reduce((product, side) => product * side, 1)
  switch (model.kind) {
    case 'linear': {
      const network = denseNetwork(width, [{ name: 'head', units: [classes], activation: 'linear', init: 'zero' }])
      return { init: (stream) => network.init(stream), apply: (params, x) => tf.tidy(() => network.apply(params, flat(x)) as Tensor2D), parameters: countDense([width, classes]), widths: [width, classes] }
    }
    case 'dense': {
      const network = denseClassifier(width, model.hidden, classes)
      const widths = [width, ...model.hidden, classes]
      return { init: (stream) => network.init(stream), apply: (params, x) => tf.tidy(() => network.apply(params, flat(x)) as Tensor2D), parameters: countDense(widths), widths }
    }
    case 'convolutional':
      return convolutional(model, shape, classes)
  }
}

const countDense = (widths: readonly number[]): number => widths.slice(1).reduce((sum, units, layer) => sum + ((widths[layer] ?? 0) + 1) * units, 0)

function convolutional({ channels, hidden }: Extract<TrainingModel, { kind: 'convolutional' }>, shape: readonly number[], classes: number): Classifier {
  const [height = 0, width = 0, depth = 1] = shape
  if (shape.length < 2 || shape.length > 3) {
    throw new BenchError('invalid-input', 'A convolutional network needs images, and these examples have none.', { field: 'model', hint: 'Choose a dense or linear model.' })
  }
  if (height % 4 !== 0 || width % 4 !== 0) {
    throw new BenchError('invalid-input', `Images of ${height} x ${width} cannot be halved twice, as the convolutional network does.`, { field: 'model', hint: 'Import the images resized so that both sides are divisible by 4, or choose a dense model.' })
  }
  const [first, second] = channels
  const network = convolutionalNetwork({ image: [height, width, depth], channels, hidden, classes })
  const parameters = 9 * depth * first + first + 9 * first * second + second + countDense([(height / 4) * (width / 4) * second, hidden, classes])
  return {
    init: (stream) => network.init(stream),
    apply: (params, x) => tf.tidy(() => network.apply(params, tf.reshape<tf.Rank.R4>(x, [-1, height, width, depth])) as Tensor2D),
    parameters,
    widths: null
  }
}
