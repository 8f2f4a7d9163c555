import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { controlOf, newControl, pause, roomForNumbers, word } from './control.ts'
import type { Control } from './control.ts'
import { Gain } from './gain.ts'
import type { ThreadStart } from './thread.ts'

type Kernel = (...numbers: number[]) => unknown

/** One call of a kernel each: its arguments. */
export type Calls = readonly (readonly number[])[]

/** For how long it is remembered whether several threads are faster, in milliseconds without work for them. */
const remembered = 250

/** How often main looks whether the others are done before it sleeps: some 30 microseconds. */
const looks = 1000

/**
 * Threads that make calls of one module's functions beside main, where that is faster (see `gain.ts`). They start when they are first needed, which takes a while;
 * until then, and whenever they are kept off their cores, main makes the calls itself.
 */
export class ThreadPool {
  readonly #control: Control
  readonly #buffer = newControl()
  readonly #kernels: ReadonlyMap<string, { readonly place: number; readonly kernel: Kernel }>
  readonly #start: Pick<ThreadStart, 'module' | 'memory'>
  readonly #threads: Worker[] = []
  #gain = new Gain()
  #last = 0
  #isRefused = false

  /** @param exports the functions of main's own instance of the module, on the shared memory */
  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory, exports: WebAssembly.Exports) {
    this.#start = { module, memory }
    this.#control = controlOf(this.#buffer)
    this.#kernels = new Map(Object.entries(exports).map(([name, kernel], place) => [name, { place, kernel: kernel as Kernel }]))
  }

  /**
   * Makes calls of a kernel that write to different places, in any order, and returns when all are done.
   *
   * @param threads how many may take part, main among them
   * @param scratchArgument which argument is main's scratch memory, or -1; every other thread has its own, each `scratchStep` bytes further
   * @throws what a call throws
   */
  run(name: string, calls: Calls, threads: number, scratchArgument: number, scratchStep: number): void {
    const { place, kernel } = this.#kernels.get(name) as { place: number; kernel: Kernel }
    const count = calls[0]?.length ?? 0
    if (threads < 2 || calls.length * count > roomForNumbers || !this.#hasStarted(threads)) return callAll(kernel, calls)
    const start = performance.now()
    // What was found of the machine long ago says nothing of it now.
    if (start - this.#last > remembered) this.#gain = new Gain()
    if (this.#gain.together) {
      this.#share(place, calls, count, threads, scratchArgument, scratchStep)
      this.#takePart(kernel, calls)
    } else {
      callAll(kernel, calls)
    }
    this.#last = performance.now()
    this.#gain.learn(this.#last - start)
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.splice(0).map((thread) => thread.terminate()))
  }

  #share(place: number, calls: Calls, argumentCount: number, threads: number, scratchArgument: number, scratchStep: number): void {
    const { words, numbers } = this.#control
    calls.forEach((call, i) => numbers.set(call, i * argumentCount))
    words[word.kernel] = place
    words[word.argumentCount] = argumentCount
    words[word.scratchArgument] = scratchArgument
    words[word.scratchStep] = scratchStep
    Atomics.store(words, word.active, threads)
    Atomics.store(words, word.done, 0)
    Atomics.store(words, word.failed, 0)
    Atomics.store(words, word.left, calls.length)
    Atomics.add(words, word.round, 1)
    if (Atomics.load(words, word.asleep) > 0) Atomics.notify(words, word.round)
  }

  #takePart(kernel: Kernel, calls: Calls): void {
    const { words } = this.#control
    let own = 0
    try {
      for (;;) {
        const call = Atomics.sub(words, word.left, 1) - 1
        if (call < 0) break
        own++
        kernel(...(calls[call] as readonly number[]))
      }
    } finally {
      // What others have taken is written before main goes on, even to fail. After a failure nobody takes what is left.
      const untaken = Math.max(0, Atomics.exchange(words, word.left, 0))
      this.#waitFor(calls.length - own - untaken)
    }
    if (Atomics.load(words, word.failed) === 1) throw new Error('A kernel failed in a thread of its own.')
  }

  #waitFor(others: number): void {
    const { words } = this.#control
    for (let i = 0; i < looks; i++) {
      if (Atomics.load(words, word.done) >= others) return
      pause()
    }
    Atomics.store(words, word.mainAsleep, 1)
    for (let done = Atomics.load(words, word.done); done < others; done = Atomics.load(words, word.done)) Atomics.wait(words, word.done, done)
    Atomics.store(words, word.mainAsleep, 0)
  }

  /** Starts the threads that are missing; false until one is up. Where the system gives none, main makes all calls itself. */
  #hasStarted(threads: number): boolean {
    while (!this.#isRefused && this.#threads.length + 1 < threads) {
      try {
        this.#threads.push(this.#startThread(this.#threads.length + 1))
      } catch {
        this.#isRefused = true
      }
    }
    return Atomics.load(this.#control.words, word.ready) > 0
  }

  #startThread(index: number): Worker {
    const workerData: ThreadStart = { ...this.#start, index, control: this.#buffer }
    const thread = new Worker(threadEntry(), { workerData, execArgv: [], stdout: true, stderr: true })
    thread.on('error', () => (this.#isRefused = true))
    // The process ends when main has nothing left to do.
    thread.unref()
    return thread
  }
}

function callAll(kernel: Kernel, calls: Calls): void {
  for (const call of calls) kernel(...call)
}

/** `thread.ts` in a source tree, `thread.js` in a build (which may put this code one folder deeper). */
function threadEntry(): string {
  const found = ['thread.js', '../thread.js', 'thread.ts'].map((name) => resolve(import.meta.dirname, name)).find((path) => existsSync(path))
  if (!found) throw new Error('The code of the threads is missing; build or install the bench again.')
  return found
}
