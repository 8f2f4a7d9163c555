/** The bench's own engines as a peer: its kernels, gradients, models and optimizers. Usage: bench-peer.ts ENGINE [THREADS] */
import * as tf from '@tensorflow/tfjs-core'
import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core'
import { BenchError } from '../../src/shared/contract/errors.ts'
import type { EngineId } from '../../src/shared/domain/engine.ts'
import { useEngine } from '../../src/main/compute/engine.ts'
import { threadCount, useThreads } from '../../src/main/compute/wasm/threads/thread-count.ts'
import { crossEntropy } from '../../src/main/learn/losses.ts'
import { convolutionalNetwork } from '../../src/main/learn/models/convolutional.ts'
import { denseClassifier } from '../../src/main/learn/models/dense.ts'
import type { Model } from '../../src/main/learn/models/model.ts'
import { stackedDenseNetwork } from '../../src/main/learn/models/stacked.ts'
import { transformer } from '../../src/main/learn/models/transformer.ts'
import { adam } from '../../src/main/learn/optimizers.ts'
import type { Params } from '../../src/main/learn/parameters.ts'
import { stackedCrossEntropy, trainStackedStep } from '../../src/main/learn/stacked-training.ts'
import { disposeTrainState, startTraining, trainStep } from '../../src/main/learn/train.ts'
import type { TrainState } from '../../src/main/learn/train.ts'
import type { CaseArray } from './case-file.ts'
import type { Spec, StackedSpec } from './cases.ts'
import { converse } from './conversation.ts'
import type { Loader } from './conversation.ts'
import { plural } from './peers.ts'
import type { Hello, Workload } from './protocol.ts'
import { arrayOf, oneAfterAnother, parametersOf, productWorkload, sliceOf, stepping, tensorOf } from './tensors.ts'

const optimizer = adam()

const load: Loader = ({ spec, learningRate }, arrays) => {
  if (spec.kind === 'product') return { '': productWorkload(spec, arrays) }
  if (spec.kind === 'stacked') return stackedWorkloads(spec, arrays, learningRate)
  const [x, y] = [tensorOf(arrayOf(arrays, 'x')), tensorOf(arrayOf(arrays, 'y')) as Tensor1D]
  return { '': alone(modelOf(spec), parametersOf(arrays), x, y, learningRate) }
}

function modelOf(spec: Exclude<Spec, { kind: 'product' | 'stacked' }>): Model {
  switch (spec.kind) {
    case 'dense':
      return classifier(spec.widths)
    case 'convolutional':
      return convolutionalNetwork(spec)
    case 'transformer':
      return transformer({ ...spec, causal: false, head: { kind: 'classes', classes: spec.classes } })
  }
}

const classifier = (widths: readonly number[]): Model => denseClassifier(widths[0] as number, widths.slice(1, -1), widths.at(-1) as number)

/** Training of one model with `trainStep`. */
function alone(model: Model, initial: readonly CaseArray[], x: tf.Tensor, y: Tensor1D, learningRate: number): Workload {
  const lossOf = (params: Params): tf.Scalar => crossEntropy(model.apply(params, x) as Tensor2D, y)
  return training(initial, [x, y], (state) => {
    const made = trainStep(state, lossOf, { optimizer, learningRate })
    return { state: made.state, losses: [made.loss] }
  })
}

function stackedWorkloads({ widths, runs }: StackedSpec, arrays: ReadonlyMap<string, CaseArray>, learningRate: number): Record<string, Workload> {
  const [input, ...units] = widths as [number, ...number[]]
  const model = stackedDenseNetwork(input, [
    { name: 'body', units: units.slice(0, -1), activation: 'relu' },
    { name: 'head', units: units.slice(-1), activation: 'linear' }
  ])
  const initial = parametersOf(arrays)
  const [x, y] = [tensorOf(arrayOf(arrays, 'x')) as Tensor3D, tensorOf(arrayOf(arrays, 'y')) as Tensor2D]
  const [ownX, ownY] = [tf.unstack(x), tf.unstack(y)]
  const lossesOf = (params: Params): Tensor1D => stackedCrossEntropy(model.apply(params, x) as Tensor3D, y)
  const singles = Array.from({ length: runs }, (_, run) =>
    alone(classifier(widths), initial.map((array) => sliceOf(array, run)), ownX[run] as tf.Tensor, ownY[run] as Tensor1D, learningRate)
  )
  return {
    together: training(initial, [x, y], (state) => trainStackedStep(state, lossesOf, { optimizer, learningRate })),
    'one after another': oneAfterAnother(singles)
  }
}

function training(initial: readonly CaseArray[], batch: readonly tf.Tensor[], advance: (state: TrainState) => { state: TrainState; losses: ArrayLike<number> }): Workload {
  const begin = (): TrainState => startTraining(Object.fromEntries(initial.map((array) => [array.name, tensorOf(array)])), optimizer)
  let state = begin()
  return stepping(
    () => {
      const made = advance(state)
      state = made.state
      return made.losses
    },
    () => {
      disposeTrainState(state)
      state = begin()
    },
    () => {
      disposeTrainState(state)
      tf.dispose([...batch])
    }
  )
}

async function hello(): Promise<Hello> {
  try {
    const [, , id, threads = '1'] = process.argv
    useThreads(Number(threads))
    const { version, device } = await useEngine(id as EngineId)
    return { version, device: id === 'wasm' ? `${device}, ${plural(threadCount())}` : device }
  } catch (error) {
    if (!(error instanceof BenchError)) throw error
    const { message, hint } = error.payload
    return { missing: message, ...(hint === undefined ? {} : { remedy: hint }) }
  }
}

const said = await hello()
if ('missing' in said) process.stdout.write(`${JSON.stringify(said)}\n`)
else await converse(said, load)
