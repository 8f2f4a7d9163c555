import { decodeBinary, encodeBinary } from '../../shared/contract/binary.ts'
import { BenchError } from '../../shared/contract/errors.ts'

/** Plain data with typed arrays: what a checkpoint can hold. */
export type Saved = unknown

interface Checkpoint {
  /** Results of the stages that are complete. */
  readonly done: Record<string, Saved>
  /** Where the stage under way had got to. */
  readonly current: { readonly name: string; readonly state: Saved } | null
  /** What it was computed on, where it matters. */
  readonly engine?: string
}

/** What a stage is given: where an interrupted attempt had got to, and a way to say how far it is now. */
export interface StageProgress<State> {
  /** State of the interrupted attempt, or null when the stage begins. */
  readonly saved: State | null
  /** Offers a state to resume from; it is only built (`state()` called) when a checkpoint is due. */
  offer(state: () => State): void
}

/**
 * A long computation as named stages, each a pure function of its inputs and seeds. A checkpoint holds the results of
 * complete stages and the state of the one under way, so that a killed process resumes at the very step it had saved
 * and ends with the same bits as an uninterrupted one.
 */
export class Stages {
  readonly #done: Record<string, Saved>
  #current: Checkpoint['current']
  readonly #write: (checkpoint: Uint8Array) => void
  readonly #interval: number
  readonly #engine: string | undefined
  #lastWrite: number

  /**
   * @param checkpoint what `write` was last given by an earlier attempt, or null
   * @param interval shortest time between checkpoints within a stage, in milliseconds
   * @param engine what this attempt computes on: engine, version and device
   * @throws BenchError `bad-data` when the checkpoint cannot be read, `engine-unavailable` when it was computed on something else
   */
  constructor(checkpoint: Uint8Array | null, write: (checkpoint: Uint8Array) => void, interval = 1000, engine?: string) {
    const restored = checkpoint === null ? null : readCheckpoint(checkpoint)
    if (restored?.engine !== undefined && engine !== undefined && restored.engine !== engine) throw otherEngine(restored.engine, engine)
    this.#engine = engine
    this.#done = { ...restored?.done }
    this.#current = restored?.current ?? null
    this.#write = write
    this.#interval = interval
    this.#lastWrite = performance.now()
  }

  /** How far the checkpoint had got, for a log: `3 stages complete, then within weak`. */
  describe(): string {
    const complete = Object.keys(this.#done).length
    return `${complete} ${complete === 1 ? 'stage' : 'stages'} complete${this.#current === null ? '' : `, then within ${this.#current.name}`}`
  }

  /** True when an earlier attempt completed this stage. */
  isDone(name: string): boolean {
    return Object.hasOwn(this.#done, name)
  }

  /**
   * Runs a stage, or returns the result that an earlier attempt left. Names must be unique, and results plain data
   * that `encodeBinary` carries (numbers, strings, arrays, objects, typed arrays).
   */
  async run<Result, State = never>(name: string, work: (progress: StageProgress<State>) => Result | Promise<Result>): Promise<Result> {
    if (this.isDone(name)) return this.#done[name] as Result
    const saved = this.#current?.name === name ? (this.#current.state as State) : null
    const result = await work({
      saved,
      offer: (state) => {
        if (performance.now() - this.#lastWrite < this.#interval) return
        this.#current = { name, state: state() }
        this.#save()
      }
    })
    this.#done[name] = result
    this.#current = null
    this.#save()
    return result
  }

  #save(): void {
    const checkpoint: Checkpoint = { done: this.#done, current: this.#current, ...(this.#engine === undefined ? {} : { engine: this.#engine }) }
    this.#write(encodeBinary(checkpoint))
    this.#lastWrite = performance.now()
  }
}

/** Going on elsewhere would end with other numbers than either engine gives. */
function otherEngine(before: string, now: string): BenchError {
  return new BenchError('engine-unavailable', `This job began on ${before}, and here is ${now}.`, {
    field: 'engine',
    hint: 'Resume it where it began, or discard it and start the experiment again.'
  })
}

function readCheckpoint(bytes: Uint8Array): Checkpoint {
  try {
    const read = decodeBinary(bytes)
    if (typeof read === 'object' && read !== null && 'done' in read && 'current' in read) return read as Checkpoint
    throw new TypeError('It holds something else.')
  } catch (error) {
    throw new BenchError('bad-data', 'The checkpoint of this job cannot be read.', { hint: 'Discard the job and start the experiment again.', details: String(error) }, error)
  }
}
