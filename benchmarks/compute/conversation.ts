import { createInterface } from 'node:readline'
import { readCase } from './case-file.ts'
import type { CaseArray, CaseFile } from './case-file.ts'
import type { Answer, Hello, Question, Workload } from './protocol.ts'

const mostSteps = 20_000

/** Makes a case ready: its workloads by variant. */
export type Loader = (description: CaseFile, arrays: ReadonlyMap<string, CaseArray>) => Readonly<Record<string, Workload>>

/** A peer's side of the conversation: says hello, then answers every line on standard input until it ends. */
export async function converse(hello: Hello, load: Loader): Promise<void> {
  say(hello)
  let workloads: Readonly<Record<string, Workload>> = {}
  const workloadOf = (variant: string): Workload => {
    const found = workloads[variant]
    if (!found) throw new Error(`There is no variant "${variant}".`)
    return found
  }
  const answer = async (question: Question): Promise<Answer> => {
    if (question.op === 'load') {
      Object.values(workloads).forEach((workload) => workload.dispose())
      const { description, arrays } = await readCase(question.file)
      workloads = load(description, arrays)
      return { variants: Object.keys(workloads) }
    }
    const workload = workloadOf(question.variant)
    workload.reset()
    return question.op === 'values' ? { values: workload.values(question.steps) } : { times: time(workload, question.milliseconds) }
  }
  for await (const line of createInterface({ input: process.stdin })) {
    say(await answer(JSON.parse(line) as Question).catch((error: unknown) => ({ failed: firstLine(error) })))
  }
}

/**
 * Milliseconds a step, one number for each block of steps that lasts some milliseconds, after a warm-up of a fifth of the
 * time. The length of a block follows what its steps take, so that one mishap does not stretch all that follow.
 */
function time(workload: Workload, milliseconds: number): number[] {
  let block = 1
  let steps = 0
  const runBlock = (): number => {
    const start = performance.now()
    workload.run(block)
    const elapsed = performance.now() - start
    const each = elapsed / block
    steps += block
    if (elapsed < 1) block *= 2
    else if (elapsed > 4) block = Math.max(1, Math.floor(block / 2))
    return each
  }
  const warm = performance.now() + milliseconds / 5
  do runBlock()
  while (performance.now() < warm)
  const end = performance.now() + milliseconds
  const times: number[] = []
  while (times.length < 2 || (performance.now() < end && steps < mostSteps)) times.push(runBlock())
  return times
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.split('\n', 1)[0] ?? message
}

function say(message: Hello | Answer): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}
