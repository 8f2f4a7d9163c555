/** A thread that makes calls of the own kernels beside main, on the same memory; see `control.ts` for how they agree. */
import { workerData } from 'node:worker_threads'
import { controlOf, pause, word } from './control.ts'
import type { Control } from './control.ts'

/** What a thread is given at its start. */
export interface ThreadStart {
  readonly index: number
  readonly control: SharedArrayBuffer
  readonly module: WebAssembly.Module
  readonly memory: WebAssembly.Memory
}

/** How often a thread looks for work before it sleeps: about a fifth of a millisecond, longer than most gaps within a training step. */
const looks = 6000

function serve({ index, control: buffer, module, memory }: ThreadStart): never {
  const control = controlOf(buffer)
  const { exports } = new WebAssembly.Instance(module, { env: { memory, logarithm: Math.log } })
  const kernels = Object.values(exports) as ((...numbers: number[]) => void)[]
  Atomics.add(control.words, word.ready, 1)
  for (;;) {
    if (isWanted(control, index)) takeCalls(control, index, kernels)
    else wait(control, index)
  }
}

const isWanted = ({ words }: Control, index: number): boolean => Atomics.load(words, word.left) > 0 && Atomics.load(words, word.active) > index

function wait(control: Control, index: number): void {
  for (let i = 0; i < looks; i++) {
    if (isWanted(control, index)) return
    pause()
  }
  const { words } = control
  // First the round, then whether there is something to do: a round that starts in between is not slept through.
  Atomics.add(words, word.asleep, 1)
  const round = Atomics.load(words, word.round)
  if (!isWanted(control, index)) Atomics.wait(words, word.round, round)
  Atomics.sub(words, word.asleep, 1)
}

function takeCalls({ words, numbers }: Control, index: number, kernels: readonly ((...numbers: number[]) => void)[]): void {
  for (;;) {
    const call = Atomics.sub(words, word.left, 1) - 1
    if (call < 0) return
    // Main waits for the call that was taken, so what it wrote for this round stays until the call is done.
    try {
      const count = words[word.argumentCount] as number
      const given = Array.from(numbers.subarray(call * count, (call + 1) * count))
      const scratch = words[word.scratchArgument] as number
      if (scratch >= 0) given[scratch] = (given[scratch] as number) + index * (words[word.scratchStep] as number)
      ;(kernels[words[word.kernel] as number] as (...numbers: number[]) => void)(...given)
    } catch {
      Atomics.store(words, word.failed, 1)
    }
    Atomics.add(words, word.done, 1)
    if (Atomics.load(words, word.mainAsleep) === 1) Atomics.notify(words, word.done)
  }
}

serve(workerData as ThreadStart)
