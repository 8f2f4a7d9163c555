import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import variant from '@jitl/quickjs-wasmfile-release-sync'
import { DefaultIntrinsics, newQuickJSWASMModuleFromVariant, newVariant, type QuickJSContext, type QuickJSHandle, type QuickJSRuntime } from 'quickjs-emscripten-core'
import type { FunctionLimits } from './compiled-function.ts'
import { sandboxProgram } from './sandbox-program.ts'
import { TooHeavy, withinTime } from './time-limit.ts'

/** What went wrong at a row of a chunk, as the sandbox's program reports it. */
export interface SandboxProblem {
  readonly index: number
  readonly problem: 'threw' | 'returned'
  /** The error as `Name: message`, or the returned value in short. */
  readonly text: string
  /** Line of the person's code, from 1; 0 where it is not known. */
  readonly line: number
}

/** The person's code does not parse. */
export class SandboxSyntaxError extends Error {
  override readonly name = 'SandboxSyntaxError'
}

/** Lines of the wrapper before the person's first line. */
const linesBefore = 2
const stackBytes = 256 * 1024
const pageBytes = 65_536
/** Pages that the interpreter begins with, 16 MB; the limit is for what code makes it ask for beyond. */
const ownPages = 256
/**
 * Share of the limit that examples may take, and that stays free for them: the host's side of the bridge does not notice
 * when there is no room for a text that it hands over.
 */
const shareOfExamples = 0.25

let compiled: Promise<WebAssembly.Module> | null = null
const compileInterpreter = async (): Promise<WebAssembly.Module> => {
  const path = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm')
  return await WebAssembly.compile(await readFile(path))
}

/**
 * One QuickJS interpreter in its own WebAssembly memory with one function loaded. It has no access to the host: no files, no
 * network, no timers, no modules, no clock and no random numbers. After a `TooHeavy` it is in no defined state; drop it.
 */
export class JavascriptSandbox {
  readonly #runtime: QuickJSRuntime
  readonly #context: QuickJSContext
  readonly #apply: QuickJSHandle
  readonly #memory: WebAssembly.Memory
  readonly #limits: FunctionLimits

  private constructor(runtime: QuickJSRuntime, context: QuickJSContext, apply: QuickJSHandle, memory: WebAssembly.Memory, limits: FunctionLimits) {
    this.#runtime = runtime
    this.#context = context
    this.#apply = apply
    this.#memory = memory
    this.#limits = limits
  }

  /**
   * Starts an interpreter and loads the body of `function (example) { … }`.
   *
   * @throws SandboxSyntaxError
   */
  static async open(code: string, classes: readonly string[], limits: FunctionLimits): Promise<JavascriptSandbox> {
    const wasmModule = await (compiled ??= compileInterpreter())
    // The runtime's own limit counts next to nothing in WebAssembly, which does not tell it the size of a block.
    const wasmMemory = new WebAssembly.Memory({ initial: ownPages, maximum: ownPages + Math.ceil(limits.memoryBytes / pageBytes) })
    const interpreter = await newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmModule, wasmMemory }))
    const runtime = interpreter.newRuntime()
    runtime.setMaxStackSize(stackBytes)
    const context = runtime.newContext({ intrinsics: { ...DefaultIntrinsics, Date: false } })
    const program = context.unwrapResult(context.evalCode(sandboxProgram))
    const loaded = context.callFunction(program, context.undefined, context.newString(code), context.newString(JSON.stringify(classes)))
    if (loaded.error !== undefined) throw new SandboxSyntaxError(messageOf(context.dump(loaded.error)))
    return new JavascriptSandbox(runtime, context, loaded.value, wasmMemory, limits)
  }

  /** True when a fresh sandbox is better: memory is nearly used up, or held by something asynchronous that will never run. */
  get stale(): boolean {
    const grown = this.#memory.buffer.byteLength - ownPages * pageBytes
    return grown > this.#limits.memoryBytes * (1 - shareOfExamples) || this.#runtime.hasPendingJob()
  }

  /**
   * Votes of a chunk of examples given as the JSON of a list of objects, or what went wrong at the first bad one.
   *
   * @throws TooHeavy when the whole chunk took more than that many milliseconds, or too much memory
   */
  apply(examples: string, milliseconds: number): Int32Array | SandboxProblem {
    if (Buffer.byteLength(examples) > this.#limits.memoryBytes * shareOfExamples) throw new TooHeavy('memory')
    const answer = withinTime(milliseconds, () => this.#call(examples))
    if (!answer.startsWith('!')) return Int32Array.from(answer.split(','), Number)
    const problem = JSON.parse(answer.slice(1)) as SandboxProblem
    if (problem.text === outOfMemory || problem.text === outOfMemoryForError) throw new TooHeavy('memory')
    return { ...problem, line: Math.max(0, problem.line - linesBefore) }
  }

  #call(examples: string): string {
    const text = this.#context.newString(examples)
    const result = this.#context.callFunction(this.#apply, this.#context.undefined, text)
    text.dispose()
    if (result.error !== undefined) {
      const message = messageOf(this.#context.dump(result.error))
      throw message === outOfMemory ? new TooHeavy('memory') : new Error(message)
    }
    const answer = this.#context.getString(result.value)
    result.value.dispose()
    return answer
  }
}

const outOfMemory = 'InternalError: out of memory'
// The interpreter throws null where it has no memory left to make an error of.
const outOfMemoryForError = 'null'

function messageOf(dumped: unknown): string {
  if (typeof dumped !== 'object' || dumped === null || !('name' in dumped) || !('message' in dumped)) return String(dumped)
  return `${String(dumped.name)}: ${String(dumped.message)}`
}
