/**
 * The memory through which the threads of one process agree on who computes what: a few words that count, then the
 * arguments of the calls to make. Main writes a round of calls and then how many are left; whoever takes one off that number
 * makes it. A call is made by one thread alone, and main returns when all are done, so that calls only have to write to
 * different places for the result to be the same bits whoever makes them.
 */
export interface Control {
  readonly words: Int32Array
  readonly numbers: Float64Array
}

/** Places in `words`, those that different threads write on cache lines of their own. */
export const word = {
  /** Counts rounds: what threads sleep on. */
  round: 0,
  /** How many threads sleep. */
  asleep: 1,
  /** The function of the module, by its place among the exports, and how many arguments it takes. */
  kernel: 2,
  argumentCount: 3,
  /** Which argument is an address of scratch memory, or -1; that of thread i lies i times `scratchStep` bytes further. */
  scratchArgument: 4,
  scratchStep: 5,
  /** How many threads may take calls, main being one of them. */
  active: 6,
  /** How many threads have started, main not among them. */
  ready: 7,
  /** Calls that nobody has taken yet; below 1 if none. */
  left: 16,
  /** Calls that are done; what main sleeps on. */
  done: 32,
  /** Whether main sleeps. */
  mainAsleep: 33,
  /** Whether a call has thrown. */
  failed: 34
} as const

const wordBytes = 256
const numbers = 2048

/** As many numbers as a round may have in all its calls. */
export const roomForNumbers = numbers

export function newControl(): SharedArrayBuffer {
  return new SharedArrayBuffer(wordBytes + 8 * numbers)
}

export function controlOf(buffer: SharedArrayBuffer): Control {
  return { words: new Int32Array(buffer, 0, wordBytes / 4), numbers: new Float64Array(buffer, wordBytes, numbers) }
}

/** A hint to the processor that this thread waits in a loop, where the runtime has it. */
export const pause = (Atomics as { pause?: () => void }).pause ?? ((): void => undefined)
