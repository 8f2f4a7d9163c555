import { BenchError } from '../../shared/contract/errors.ts'
import type { EngineId, EngineInfo, EngineMeasurement } from '../../shared/domain/engine.ts'
import { defaultEngine, listEngines } from '../compute/engine.ts'
import { fusesMultiplyAdd, hasWasmSimd } from '../compute/simd.ts'
import { missingWebgpu, noWebgpu, type WebgpuProbe } from '../compute/webgpu/webgpu.ts'
import { describeStepModel, type StepModel } from '../learn/step-time.ts'
import { runEngineTask } from './engine-task.ts'
import type { ForkWorker } from './worker-process.ts'

/** Measurements by engine, its version and device, and the class of the model. */
export type EngineMeasurements = Readonly<Record<string, EngineMeasurement>>

/** Where measurements are kept between starts. */
export interface MeasurementStore {
  read(): EngineMeasurements
  write(measurements: EngineMeasurements): void
}

export interface ChoiceLimits {
  /** Longest time of a look for GPUs, in milliseconds. Default 10 s: drivers may be slow when they are first loaded. */
  readonly probe?: number
  /** Longest time of one engine's measurement with the start of its process, in milliseconds. Default 30 s: TensorFlow is a gigabyte. */
  readonly measure?: number
}

/** How much faster another engine has to be before it is taken: a GPU or a gigabyte of libraries for a few percent is no gain. */
const worthwhile = 0.9

/** The model by which engines are compared where none is named: the largest body of the demonstration. */
export const referenceModel: StepModel = { widths: [196, 128, 128, 10], batch: 64 }

/** The engines of this machine, what they take for a step, and which of them is the best; all work is done in workers. */
export class EngineChoice {
  readonly #fork: ForkWorker
  readonly #store: MeasurementStore
  readonly #limits: Required<ChoiceLimits>
  #webgpu: Promise<WebgpuProbe> | undefined
  #measuring: Promise<unknown> = Promise.resolve()

  constructor(fork: ForkWorker, store: MeasurementStore, limits: ChoiceLimits = {}) {
    this.#fork = fork
    this.#store = store
    this.#limits = { probe: 10_000, measure: 30_000, ...limits }
  }

  /** Every engine with its last measurement of a model; GPUs are looked for once in the life of main. */
  async list(model: StepModel = referenceModel): Promise<EngineInfo[]> {
    const measurements = this.#store.read()
    const engines = (await this.#engines()).map((engine) => ({ ...engine, measurement: measurements[keyOf(engine, model)] ?? null }))
    const best = bestOf(engines)
    return engines.map((engine) => ({ ...engine, isDefault: engine.id === best }))
  }

  /**
   * Measures a model on every engine that `auto` may choose, one after the other, each in a worker of its own.
   *
   * @param again also those that have been measured before
   */
  measure(model: StepModel = referenceModel, again = true): Promise<EngineInfo[]> {
    // One at a time, or they would measure each other.
    const work = this.#measuring.then(() => this.#measureAll(model, again))
    this.#measuring = work.catch(() => undefined)
    return work
  }

  /** The engine that `auto` takes for a model: measured when there is a choice, otherwise the one that runs everywhere. */
  async choose(model: StepModel): Promise<EngineInfo> {
    const candidates = (await this.list(model)).filter(({ automatic }) => automatic)
    const engines = candidates.length > 1 ? await this.measure(model, false) : candidates
    const chosen = engines.find(({ isDefault }) => isDefault)
    if (chosen === undefined) throw new BenchError('engine-unavailable', 'No engine runs on this machine.', { field: 'engine', hint: 'Reinstall the application.' })
    return chosen
  }

  async #measureAll(model: StepModel, again: boolean): Promise<EngineInfo[]> {
    if (again) this.#webgpu = undefined
    for (const engine of await this.list(model)) {
      if (!engine.automatic || (!again && engine.measurement !== null)) continue
      const measurement = await this.#measureOne(engine.id, model)
      this.#store.write({ ...this.#store.read(), [keyOf(engine, model)]: measurement })
    }
    return this.list(model)
  }

  async #measureOne(engine: EngineId, model: StepModel): Promise<EngineMeasurement> {
    const about = { model: describeStepModel(model), measuredAt: Date.now() }
    try {
      const time = (await runEngineTask(this.#fork, { kind: 'measure', engine, model }, this.#limits.measure)) as number
      return { ...about, millisecondsPerStep: time, failure: null }
    } catch (error) {
      return { ...about, millisecondsPerStep: null, failure: error instanceof Error ? error.message : String(error) }
    }
  }

  #engines(): Promise<EngineInfo[]> {
    this.#webgpu ??= this.#probeWebgpu()
    const found = this.#webgpu
    return listEngines({ hasSimd: hasWasmSimd, fusesMultiplyAdd, webgpu: () => found })
  }

  async #probeWebgpu(): Promise<WebgpuProbe> {
    const missing = missingWebgpu()
    if (missing) return missing
    try {
      return (await runEngineTask(this.#fork, { kind: 'probe-webgpu' }, this.#limits.probe)) as WebgpuProbe
    } catch (error) {
      return noWebgpu(`Looking for GPUs failed: ${error instanceof Error ? error.message : String(error)}`, 'Update the driver of the GPU.')
    }
  }
}

/** The fastest of those that `auto` may choose; the one that runs everywhere where the others are not clearly faster, or were not measured. */
export function bestOf(engines: readonly EngineInfo[]): EngineId {
  const timeOf = ({ measurement }: EngineInfo): number => measurement?.millisecondsPerStep ?? Infinity
  const usual = engines.find(({ id }) => id === defaultEngine)
  const fastest = engines.filter(({ automatic, measurement }) => automatic && (measurement?.millisecondsPerStep ?? null) !== null).sort((a, b) => timeOf(a) - timeOf(b))[0]
  if (fastest === undefined || usual === undefined) return defaultEngine
  const isWorthwhile = usual.measurement === null ? false : timeOf(fastest) < timeOf(usual) * worthwhile
  return isWorthwhile ? fastest.id : defaultEngine
}

/** Models of about the same size share a measurement: every width and the batch are rounded up to a power of two. */
function keyOf({ id, version, device }: EngineInfo, { widths, batch }: StepModel): string {
  const about = (size: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, size)))
  return [id, version, device, `dense ${widths.map(about).join('-')} b${about(batch)}`].join(' | ')
}
