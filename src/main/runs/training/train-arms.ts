import type { TrainingArm, TrainingConfig } from '../../../shared/domain/training.ts'
import { encodeBinary } from '../../../shared/contract/binary.ts'
import type { RunRole } from '../../../shared/domain/run.ts'
import { splits } from '../../../shared/domain/dataset.ts'
import { accuracy, expectedCalibrationError, macroF1, predictedClasses } from '../../learn/evaluators.ts'
import type { TrainingContext } from '../training-context.ts'
import { ArmRun } from './arm-run.ts'
import type { ArmInput, SavedTrainer } from './arm-trainer.ts'
import type { TrainingData } from './training-data.ts'
import { classifierOf } from './training-model.ts'
import { maskOf, stepsOf } from './training-plan.ts'
import { type ArmRows, armRows, type ArmTargets, testRows } from './training-rows.ts'

/** Probabilities of rows beside the test examples are stored up to so many numbers a run. */
const mostStored = 4_000_000

/** What a finished arm leaves to the arms that learn from it: class probabilities of every row, or null where none does. */
interface ArmResult {
  readonly probabilities: Float32Array | null
}

/**
 * Trains every arm of an experiment with one seed, each as a run: rows are drawn, the model is trained by the arm's method, judged
 * on the test examples, and what it predicts of all examples is stored. An arm that learns from another gets its predictions as
 * labels. A killed attempt goes on at the step of its last checkpoint and ends with the same bits.
 */
export async function trainArms(context: TrainingContext, data: TrainingData, config: TrainingConfig, seed: number): Promise<void> {
  const test = testRows(data.facts, config)
  const isTest = maskOf(data.dataset.count, test)
  const results = new Map<string, ArmResult>()
  const progress = progressOf(context, data, config, isTest, seed)
  for (const arm of config.arms) {
    const targets = arm.labels.from === 'source' ? data.targetsOf(arm.labels.sourceId, arm.labels.form) : targetsFrom(results.get(arm.labels.arm)?.probabilities ?? null, arm, data)
    const rows = armRows(data.facts, isTest, arm, targets, config, seed)
    const result = await context.stages.run<ArmResult, SavedTrainer>(arm.name, async (stage) => {
      const features = data.featuresFor(rows.train)
      const input: ArmInput = { arm, config, seed, classes: data.classes, model: classifierOf(arm.model ?? config.model, features.shape, data.classes), features, targets, rows }
      const recorder = begin(context, data, config, arm, seed, rows, test, targets)
      const run = new ArmRun(context, input, { test, truth: data.facts.truth }, recorder, progress)
      try {
        await run.train(stage)
        return { probabilities: await finish(run, data, config, arm, rows, test, targets) }
      } finally {
        run.trainer.dispose()
      }
    })
    progress.complete(arm.name, stepsOf(rows.train.length, config))
    results.set(arm.name, result)
  }
}

/** Counts steps over all arms, so that the job shows one progress. */
function progressOf(context: TrainingContext, data: TrainingData, config: TrainingConfig, isTest: Uint8Array, seed: number) {
  const planned = config.arms.map((arm) => {
    const targets = arm.labels.from === 'source' ? data.targetsOf(arm.labels.sourceId, 'hard') : { labels: new Int32Array(data.dataset.count), probabilities: null }
    return stepsOf(armRows(data.facts, isTest, arm, targets, config, seed).train.length, config)
  })
  const total = planned.reduce((sum, steps) => sum + steps, 0)
  let before = 0
  return {
    step: (arm: string, step: number): void => context.progress(before + step, total, 'steps', `seed ${seed} · ${arm}`),
    complete: (arm: string, steps: number): void => {
      before += steps
      context.progress(before, total, 'steps', `seed ${seed} · ${arm}`)
    }
  }
}

/** Labels for an arm out of another's probabilities, for every row. */
function targetsFrom(probabilities: Float32Array | null, arm: TrainingArm, data: TrainingData): ArmTargets {
  // The schema lets an arm learn only from one before it, which has left its probabilities for that reason.
  if (probabilities === null) throw new Error(`"${arm.name}" learns from an arm that left no predictions.`)
  const labels = predictedClasses(probabilities, data.classes)
  return { labels, probabilities: arm.labels.form === 'soft' ? probabilities : null }
}

function begin(context: TrainingContext, data: TrainingData, config: TrainingConfig, arm: TrainingArm, seed: number, rows: ArmRows, test: Int32Array, targets: ArmTargets) {
  const { labels } = arm
  const all = Int32Array.from([...rows.train, ...rows.validation, ...test]).sort()
  const isTest = maskOf(data.dataset.count, test)
  const sourceId = labels.from === 'source' ? labels.sourceId : data.evaluation.id
  const trained = splits.indexOf(arm.role === 'teacher' ? 'teacher' : 'student')
  context.version({
    key: arm.name,
    datasetId: data.dataset.id,
    name: `${arm.name}, seed ${seed}`,
    labelSourceId: sourceId,
    rows: all,
    splits: Uint8Array.from(all, (row) => (isTest[row] === 1 ? splits.indexOf('test') : trained)),
    labels: all.map((row) => ((isTest[row] === 1 ? data.facts.truth[row] : targets.labels[row]) ?? -1))
  })
  const { arms: _arms, seeds: _seeds, datasetId: _dataset, evaluationSourceId: _evaluation, engine: _engine, ...shared } = config
  return context.begin({
    key: arm.name,
    name: `${arm.name}, seed ${seed}`,
    arm: arm.name,
    role: arm.role satisfies RunRole,
    seed,
    versionKey: arm.name,
    ...(labels.from === 'arm' ? { parentKey: labels.arm } : {}),
    config: {
      ...shared,
      model: arm.model ?? config.model,
      method: arm.method,
      labels: labels.from === 'source' ? { source: data.source(labels.sourceId).name, form: labels.form } : { arm: labels.arm, form: labels.form },
      rows: arm.rows,
      examples: rows.train.length,
      testExamples: test.length,
      judgedBy: data.evaluation.name
    }
  })
}

/** Judges the arm on the test examples and stores what it predicts; all probabilities, where a later arm learns from them. */
async function finish(run: ArmRun, data: TrainingData, config: TrainingConfig, arm: TrainingArm, rows: ArmRows, test: Int32Array, targets: ArmTargets): Promise<Float32Array | null> {
  const { classes } = data
  const onTest = await run.predict(test)
  const truth = test.map((row) => data.facts.truth[row] ?? 0)
  run.recorder.predictions('test', test, classes, onTest)
  const teaches = config.arms.some(({ labels }) => labels.from === 'arm' && labels.arm === arm.name)
  const others = complementOf(data.dataset.count, test)
  const stores = others.length * classes <= mostStored
  const onOthers = teaches || stores ? await run.predict(others) : null
  if (onOthers !== null && stores) storeParts(run, data, rows, others, onOthers)
  else run.log(`Predictions of the ${others.length} examples that are not tested on are not stored: they would take ${Math.round((others.length * classes * 4) / 2 ** 20)} MB a run.`)
  run.recorder.artifact('weights', 'application/msgpack', encodeBinary(run.trainer.save().networks.map(({ params }) => params)))
  const own = predictedClasses(onTest, classes)
  const labelled = Array.from(test.keys()).filter((place) => (targets.labels[test[place] ?? 0] ?? -1) >= 0)
  run.recorder.end({
    testAccuracy: accuracy(own, truth),
    macroF1: macroF1(own, truth, classes),
    ece: expectedCalibrationError(onTest, truth, classes),
    ...(labelled.length === 0 ? {} : { agreementWithLabels: accuracy(labelled.map((place) => own[place] ?? 0), labelled.map((place) => targets.labels[test[place] ?? 0] ?? 0)) }),
    ...run.spent()
  })
  if (!teaches || onOthers === null) return null
  const all = new Float32Array(data.dataset.count * classes)
  for (const [of, probabilities] of [[test, onTest], [others, onOthers]] as const) of.forEach((row, place) => all.set(probabilities.subarray(place * classes, (place + 1) * classes), row * classes))
  return all
}

/** Stores predictions of the rows beside the test examples by what they were to the run. */
function storeParts(run: ArmRun, data: TrainingData, rows: ArmRows, others: Int32Array, probabilities: Float32Array): void {
  const { classes, dataset } = data
  const part = new Uint8Array(dataset.count)
  for (const row of rows.train) part[row] = 1
  for (const row of rows.validation) part[row] = 2
  for (const [index, name] of ['rest', 'train', 'validation'].entries()) {
    const places = Int32Array.from(others.keys()).filter((place) => part[others[place] ?? 0] === index)
    if (places.length === 0) continue
    const own = new Float32Array(places.length * classes)
    places.forEach((place, at) => own.set(probabilities.subarray(place * classes, (place + 1) * classes), at * classes))
    run.recorder.predictions(name, places.map((place) => others[place] ?? 0), classes, own)
  }
}

function complementOf(count: number, rows: Int32Array): Int32Array {
  const mask = maskOf(count, rows)
  return Int32Array.from(mask.keys()).filter((row) => mask[row] === 0)
}
