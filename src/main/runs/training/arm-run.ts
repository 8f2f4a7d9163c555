import { accuracy, predictedClasses } from '../../learn/evaluators.ts'
import { stream } from '../../learn/random.ts'
import type { StageProgress } from '../stages.ts'
import type { RunRecorder, TrainingContext } from '../training-context.ts'
import { type ArmInput, ArmTrainer, type SavedTrainer } from './arm-trainer.ts'

/** Test examples that a curve is measured on at most; the result at the end is measured on all. */
const curveExamples = 2000
/** Points of a curve that needs an evaluation. */
const curvePoints = 40

interface Judged {
  readonly test: Int32Array
  /** Class to be judged by, an entry a row of the data set. */
  readonly truth: Int32Array
}

/** Where an attempt had got to: the trainer, and the best of it where it stops early. */
interface SavedRun extends SavedTrainer {
  readonly best?: { readonly loss: number; readonly epoch: number; readonly trainer: SavedTrainer }
}

/** One run under way: trains step by step, reports curves, stops early where asked. */
export class ArmRun {
  readonly recorder: RunRecorder
  trainer!: ArmTrainer
  readonly #context: TrainingContext
  readonly #input: ArmInput
  readonly #judged: Judged
  readonly #curveRows: Int32Array
  readonly #progress: { step(arm: string, step: number): void }
  readonly #began = performance.now()
  #best: SavedRun['best']

  constructor(context: TrainingContext, input: ArmInput, judged: Judged, recorder: RunRecorder, progress: { step(arm: string, step: number): void }) {
    this.#context = context
    this.#input = input
    this.#judged = judged
    this.recorder = recorder
    this.#progress = progress
    const { test } = judged
    this.#curveRows = test.length <= curveExamples ? test : stream(input.config.splitSeed, 'training', 'curve').permutation(test.length).slice(0, curveExamples).map((place) => test[place] ?? 0).sort()
  }

  async train(progress: StageProgress<SavedRun>): Promise<void> {
    const { saved } = progress
    const { arm, config, rows } = this.#input
    this.trainer = new ArmTrainer(this.#input, saved)
    this.#best = saved?.best
    const every = Math.max(1, Math.floor(this.trainer.steps / curvePoints))
    const stopsEarly = config.patience > 0 && rows.validation.length > 0
    while (this.trainer.step < this.trainer.steps) {
      if (this.trainer.wantsPredictions) await this.trainer.beginEpoch(this.#breathe)
      const rate = this.trainer.rateAt(this.trainer.step)
      const loss = this.trainer.next()
      const { step } = this.trainer
      this.recorder.metric('loss', step, loss)
      this.recorder.metric('learningRate', step, rate)
      if (step % every === 0 || step === 1 || step === this.trainer.steps) await this.#reportTest(step)
      if (step % this.trainer.order.batchesPerEpoch === 0 && rows.validation.length > 0 && (await this.#validate(step, stopsEarly))) break
      this.#progress.step(arm.name, step)
      progress.offer(() => ({ ...this.trainer.save(), ...(this.#best === undefined ? {} : { best: this.#best }) }))
      await this.#breathe()
    }
    if (stopsEarly && this.#best !== undefined) this.#goBack(this.#best)
  }

  predict(rows: Int32Array): Promise<Float32Array> {
    return this.trainer.predict(rows, this.#breathe)
  }

  log(message: string): void {
    this.#context.log('info', `${this.#input.arm.name}: ${message}`)
  }

  /** Steps made and seconds taken in this attempt. */
  spent(): { readonly steps: number; readonly seconds: number } {
    return { steps: this.trainer.step, seconds: (performance.now() - this.#began) / 1000 }
  }

  readonly #breathe = (): Promise<void> => this.#context.breathe()

  async #reportTest(step: number): Promise<void> {
    const probabilities = await this.predict(this.#curveRows)
    const truth = this.#curveRows.map((row) => this.#judged.truth[row] ?? 0)
    this.recorder.metric('testAccuracy', step, accuracy(predictedClasses(probabilities, this.#input.classes), truth))
  }

  /** Cross-entropy and accuracy on the validation examples, by the arm's own labels; true when it is time to stop. */
  async #validate(step: number, stopsEarly: boolean): Promise<boolean> {
    const { rows, targets, classes, config } = this.#input
    const probabilities = await this.predict(rows.validation)
    const labels = rows.validation.map((row) => targets.labels[row] ?? 0)
    const loss = labels.reduce((sum, label, place) => sum - Math.log(Math.max(1e-12, probabilities[place * classes + label] ?? 0)), 0) / labels.length
    this.recorder.metric('validationLoss', step, loss)
    this.recorder.metric('validationAccuracy', step, accuracy(predictedClasses(probabilities, classes), labels))
    if (!stopsEarly) return false
    const { epoch } = this.trainer
    if (this.#best === undefined || loss < this.#best.loss) this.#best = { loss, epoch, trainer: this.trainer.save() }
    return epoch - this.#best.epoch >= config.patience
  }

  #goBack({ epoch, trainer }: NonNullable<SavedRun['best']>): void {
    this.trainer.dispose()
    this.trainer = new ArmTrainer(this.#input, trainer)
    this.log(`The parameters after epoch ${epoch} had the lowest validation loss and were kept.`)
  }
}
