import { createContext, Script } from 'node:vm'
import { BenchError } from '../../../shared/contract/errors.ts'
import { defaultLimits, type FunctionContext, type FunctionLimits } from './compiled-function.ts'

/** Work was stopped because it took too long or too much memory. What it was working with is in no defined state. */
export class TooHeavy extends Error {
  override readonly name = 'TooHeavy'
  readonly what: 'time' | 'memory'

  constructor(what: 'time' | 'memory') {
    super(`too much ${what}`)
    this.what = what
  }
}

const room: { work: (() => void) | null } = { work: null }
createContext(room)
const script = new Script('work()')

/**
 * Runs synchronous work and stops it when it takes longer. The engine's own termination is used, which also ends what no
 * code could end from inside: a regular expression that backtracks without end, a loop in WebAssembly. `finally` blocks of
 * stopped work do not run. One call costs about half a millisecond, so guard many rows at a time.
 *
 * @throws TooHeavy when the time was up; whatever `work` throws
 */
export function withinTime<T>(milliseconds: number, work: () => T): T {
  let outcome: { readonly value: T } | null = null
  room.work = () => {
    outcome = { value: work() }
  }
  try {
    script.runInContext(room, { timeout: Math.max(1, Math.ceil(milliseconds)) })
  } catch (error) {
    throw isTimeout(error) ? new TooHeavy('time') : error
  } finally {
    room.work = null
  }
  return (outcome as unknown as { readonly value: T }).value
}

// The engine's error is of the room's realm, so it is no instance of this one's Error.
const isTimeout = (error: unknown): boolean => typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'

/** A function's limits, those of the context over the defaults. */
export const limitsOf = (context: FunctionContext): FunctionLimits => ({ ...defaultLimits, ...context.limits })

/** Parts that a range is cut into when it was too heavy as a whole. */
const cuts = 8
/** A row whose process got less than this share of its time was not slow but waiting for a processor, and is tried again. */
const leastShare = 0.5
/** Longest time of such a trial, in times of the limit. */
const mostPatience = 16

/** Work on the entries `from` to `to` (excluded), to be stopped after so many milliseconds. */
type RangeWork = (from: number, to: number, milliseconds: number) => void | Promise<void>

/**
 * Applies limits to a function over all its batches. Rows are worked on in ranges under the time limit of one row; a range
 * that needs more is cut into smaller ones down to the row itself, so only a row that is too heavy alone fails. On a busy
 * machine a row gets more wall-clock time, until its process has had half of its limit on a processor.
 */
export class LimitedRows {
  readonly limits: FunctionLimits
  #spent = 0

  constructor(limits: FunctionLimits) {
    this.limits = limits
  }

  /**
   * Calls `run` over the entries 0 .. rows.length - 1; `endOf` gives the end of the range that begins at an entry.
   * `run` may be called again for entries of a range that was stopped.
   *
   * @throws BenchError `bad-data` naming the row that is too heavy, or when all rows together took too long
   */
  async over(rows: Int32Array, endOf: (from: number) => number, run: RangeWork): Promise<void> {
    for (let from = 0; from < rows.length; ) {
      const to = Math.min(endOf(from), rows.length)
      await this.#range(rows, from, to, run, this.limits.rowMilliseconds)
      from = to
    }
  }

  async #range(rows: Int32Array, from: number, to: number, run: RangeWork, milliseconds: number): Promise<void> {
    const started = performance.now()
    const cpuBefore = process.cpuUsage()
    try {
      await run(from, to, milliseconds)
      this.#spend(performance.now() - started)
    } catch (error) {
      if (!(error instanceof TooHeavy)) throw error
      this.#spend(performance.now() - started)
      if (to - from === 1) {
        const { user, system } = process.cpuUsage(cpuBefore)
        const starved = error.what === 'time' && (user + system) / 1000 < leastShare * this.limits.rowMilliseconds && milliseconds < mostPatience * this.limits.rowMilliseconds
        if (!starved) throw this.#failure(error, rows[from] ?? -1)
        await this.#range(rows, from, to, run, 2 * milliseconds)
        return
      }
      const step = Math.max(1, Math.floor((to - from) / cuts))
      for (let at = from; at < to; at += step) await this.#range(rows, at, Math.min(at + step, to), run, milliseconds)
    }
  }

  #spend(milliseconds: number): void {
    this.#spent += milliseconds
    if (this.#spent <= this.limits.totalMilliseconds) return
    throw new BenchError('bad-data', `The function was stopped after ${seconds(this.limits.totalMilliseconds)} in all.`, {
      hint: 'Make it cheaper, or apply it to fewer rows.'
    })
  }

  #failure({ what }: TooHeavy, row: number): BenchError {
    if (what === 'time') {
      return new BenchError('bad-data', `The function took longer than ${this.limits.rowMilliseconds} ms on row ${row}.`, {
        field: `row ${row}`,
        hint: 'Look for a loop without end, or nested repetitions in a regular expression such as (a+)+.'
      })
    }
    return new BenchError('bad-data', `The function used more than ${Math.round(this.limits.memoryBytes / 2 ** 20)} MB of memory on row ${row}.`, {
      field: `row ${row}`,
      hint: 'Look for a list or text that grows without end.'
    })
  }
}

const seconds = (milliseconds: number): string => `${Number((milliseconds / 1000).toPrecision(2))} s`

/** Entries of a range of rows for work that costs little a row. */
export const rangeOfCheapRows = 1024
