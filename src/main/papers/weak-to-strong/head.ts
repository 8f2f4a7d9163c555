import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core'
import { encodeBinary } from '../../../shared/contract/binary.ts'
import type { RunRole } from '../../../shared/domain/run.ts'
import { accuracy, expectedCalibrationError, macroF1 } from '../../learn/evaluators.ts'
import { batches, gatherRows } from '../../learn/loader.ts'
import { denseNetwork } from '../../learn/models/dense.ts'
import { adam } from '../../learn/optimizers.ts'
import { arraysToParams, disposeParams, type Params, type PlainArrays, paramsToArrays } from '../../learn/parameters.ts'
import { stream } from '../../learn/random.ts'
import { schedule } from '../../learn/schedules.ts'
import { type Checkpoint, disposeTrainState, fromCheckpoint, startTraining, toCheckpoint, trainStep } from '../../learn/train.ts'
import { agreement } from '../../learn/weak-to-strong.ts'
import type { RunRecorder, TrainingContext } from '../../runs/training-context.ts'
import type { Body } from './body.ts'
import type { WeakToStrongInput } from './input.ts'
import type { StepCounter } from './step-counter.ts'

/** What every head is judged by. */
export interface HeadTask {
  /** True class of every row of the data set. */
  readonly classes: Int32Array
  readonly test: Int32Array
  readonly student: Int32Array
  readonly versionKey: string
}

export interface HeadSettings {
  /** Key of the run, and its arm up to the first slash. */
  readonly key: string
  readonly role: RunRole
  readonly rows: Int32Array
  /** rows.length x 2 probabilities to learn, row-major. */
  readonly targets: Float32Array
  /** @param fraction share of the steps done */
  readonly loss: (logits: Tensor2D, targets: Tensor2D, fraction: number) => Scalar
  /** Whom agreement is measured with. */
  readonly supervisor?: Head
  readonly parentKey?: string
}

/** A trained linear head: its opinions on the two splits that others look at. */
export interface Head {
  readonly key: string
  /** Probabilities of both classes for the student split, row-major. */
  readonly onStudentSplit: Float32Array
  readonly onTestSplit: Float32Array
}

const batchSize = 128
const learningRate = 1e-2
/** Steps between two evaluations on the test split, for the curves. */
const evaluationInterval = 10

/** Trains a linear two-class head on frozen features (zero-initialised, Adam, cosine to 0) and judges it on the test split. */
export async function trainHead(context: TrainingContext, input: WeakToStrongInput, { body, task }: { readonly body: Body; readonly task: HeadTask }, settings: HeadSettings, counter: StepCounter): Promise<Head> {
  const steps = input.config.headSteps
  const { width } = body.level
  const model = denseNetwork(width, [{ name: 'head', units: [2], activation: 'linear', init: 'zero' }])
  const random = stream(input.seed, 'weak-to-strong', 'head', settings.key)
  if (context.stages.isDone(settings.key)) counter.skip('head', steps)
  const head = await context.stages.run<Omit<Head, 'key'>, Checkpoint>(settings.key, async (progress) => {
    const run = begin(context, input, body, task, settings)
    const began = performance.now()
    const onTest = featuresOf(body, task.test)
    const evaluate = (params: Params): Float32Array => probabilities(model.apply(params, onTest) as Tensor2D)
    const optimizer = adam()
    const rate = schedule({ decay: 'cosine', rate: learningRate })
    // The same order of examples for every arm of a seed: arms then differ by their labels and loss alone.
    const loader = batches({ count: settings.rows.length, batchSize, shuffle: stream(input.seed, 'weak-to-strong', 'head-shuffle') })
    let state = progress.saved === null ? startTraining(model.init(random.child('init')), optimizer) : fromCheckpoint(progress.saved)
    counter.skip('head', state.step)
    while (state.step < steps) {
      const chosen = loader.at(state.step).rows
      const x = featuresOf(body, chosen.map((index) => settings.rows[index] ?? 0))
      const y = gatherRows({ data: settings.targets, shape: [settings.rows.length, 2] }, chosen) as Tensor2D
      const fraction = state.step / steps
      const { state: next, loss } = trainStep(state, (params) => settings.loss(model.apply(params, x) as Tensor2D, y, fraction), { optimizer, learningRate: rate(state.step, steps) })
      tf.dispose([x, y])
      state = next
      run.metric('loss', state.step, loss)
      run.metric('learningRate', state.step, rate(state.step - 1, steps))
      if (state.step % evaluationInterval === 0 || state.step === 1 || state.step === steps) reportTest(run, state.step, evaluate(state.params), task, settings.supervisor)
      counter.step('head', settings.key)
      progress.offer(() => toCheckpoint(state))
      await context.breathe()
    }
    const params = paramsToArrays(state.params)
    const onTestSplit = evaluate(state.params)
    disposeTrainState(state)
    onTest.dispose()
    const onStudentSplit = opinions(params, body, task.student)
    finish(run, params, { onTestSplit, onStudentSplit }, task, settings.supervisor, { steps, seconds: (performance.now() - began) / 1000 })
    return { onStudentSplit, onTestSplit }
  })
  return { ...head, key: settings.key }

  function opinions(params: PlainArrays, of: Body, rows: Int32Array): Float32Array {
    const tensors = arraysToParams(params)
    const x = featuresOf(of, rows)
    const found = probabilities(model.apply(tensors, x) as Tensor2D)
    x.dispose()
    disposeParams(tensors)
    return found
  }
}

function begin(context: TrainingContext, input: WeakToStrongInput, body: Body, task: HeadTask, settings: HeadSettings): RunRecorder {
  const arm = settings.key.split('/')[0] ?? settings.key
  const { config, seed } = input
  const confidence = { weight: config.confidenceWeight, warmUp: config.confidenceWarmUp, schedule: config.confidenceSchedule, threshold: config.threshold }
  return context.begin({
    key: settings.key,
    name: `${settings.key.replace('/level-', ', level ')}, seed ${seed}`,
    // Intermediate models of the chain are not the arm's result.
    arm: settings.role === 'intermediate' ? 'intermediate' : arm,
    role: settings.role,
    seed,
    versionKey: task.versionKey,
    ...(settings.parentKey === undefined ? {} : { parentKey: settings.parentKey }),
    config: {
      task: config.task,
      pretraining: config.pretraining,
      model: { ...body.level, head: 'linear' },
      examples: settings.rows.length,
      labels: settings.supervisor === undefined ? 'true' : `${config.weakLabels}, from ${settings.parentKey ?? 'weak'}`,
      loss: arm === 'confidence' ? { name: 'confidence', ...confidence } : { name: 'cross-entropy' },
      optimizer: { name: 'adam', learningRate, decay: 'cosine' },
      batchSize,
      steps: config.headSteps
    }
  })
}

function featuresOf(body: Body, rows: Int32Array): Tensor2D {
  return gatherRows({ data: body.features, shape: [body.features.length / body.level.width, body.level.width] }, rows) as Tensor2D
}

/** Softmax of logits, which are used up. */
function probabilities(logits: Tensor2D): Float32Array {
  const p = tf.softmax(logits)
  const values = p.dataSync() as Float32Array
  tf.dispose([logits, p])
  return values.slice()
}

const predicted = (probabilitiesOfBoth: Float32Array): Int32Array => Int32Array.from({ length: probabilitiesOfBoth.length / 2 }, (_, row) => ((probabilitiesOfBoth[2 * row + 1] ?? 0) > (probabilitiesOfBoth[2 * row] ?? 0) ? 1 : 0))

function truthOf(task: HeadTask): Int32Array {
  return task.test.map((row) => task.classes[row] ?? 0)
}

function reportTest(run: RunRecorder, step: number, onTest: Float32Array, task: HeadTask, supervisor: Head | undefined): void {
  const own = predicted(onTest)
  const truth = truthOf(task)
  run.metric('testAccuracy', step, accuracy(own, truth))
  if (supervisor === undefined) return
  const measured = agreement(own, predicted(supervisor.onTestSplit), truth)
  if (measured.overall !== null) run.metric('agreement', step, measured.overall)
  if (measured.onSupervisorWrong !== null) run.metric('agreementOnErrors', step, measured.onSupervisorWrong)
}

function finish(run: RunRecorder, params: PlainArrays, head: Omit<Head, 'key'>, task: HeadTask, supervisor: Head | undefined, spent: { readonly steps: number; readonly seconds: number }): void {
  const own = predicted(head.onTestSplit)
  const truth = truthOf(task)
  const measured = supervisor === undefined ? undefined : agreement(own, predicted(supervisor.onTestSplit), truth)
  run.predictions('test', task.test, 2, head.onTestSplit)
  run.predictions('student', task.student, 2, head.onStudentSplit)
  run.artifact('weights', 'application/msgpack', encodeBinary(params))
  run.end({
    testAccuracy: accuracy(own, truth),
    macroF1: macroF1(own, truth, 2),
    ece: expectedCalibrationError(head.onTestSplit, truth, 2),
    ...(measured === undefined || measured.overall === null ? {} : { agreement: measured.overall }),
    ...(measured === undefined || measured.onSupervisorRight === null ? {} : { agreementOnRight: measured.onSupervisorRight }),
    ...(measured === undefined || measured.onSupervisorWrong === null ? {} : { agreementOnErrors: measured.onSupervisorWrong }),
    ...spent
  })
}
