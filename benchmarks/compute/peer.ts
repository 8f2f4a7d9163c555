import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Answer, Hello, Question } from './protocol.ts'

/** How to start a peer and what to say where it is missing. */
export interface PeerCommand {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** What makes it available. */
  readonly remedy: string
}

/** A peer in its own process, which does nothing between questions. */
export interface Peer {
  readonly name: string
  readonly version: string
  readonly device: string
  ask(question: Question): Promise<Answer>
  stop(): void
}

export interface MissingPeer {
  readonly name: string
  readonly reason: string
  readonly remedy: string
}

/** Starts a peer and waits for its hello. */
export async function startPeer({ name, command, args, env = {}, remedy }: PeerCommand): Promise<Peer | MissingPeer> {
  const child = spawn(command, [...args], { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  const lines = linesOf(child)
  const hello = (await lines.next()) as Hello | { failed: string }
  if ('failed' in hello) return { name, reason: hello.failed, remedy }
  if ('missing' in hello) return { name, reason: hello.missing, remedy: hello.remedy ?? remedy }
  return {
    name,
    ...hello,
    ask: async (question) => {
      child.stdin.write(`${JSON.stringify(question)}\n`)
      return (await lines.next()) as Answer
    },
    stop: () => child.stdin.end()
  }
}

/** One parsed line after the other; `{ failed }` for ever once the process has ended. */
function linesOf(child: ChildProcess & { stdout: NodeJS.ReadableStream; stderr: NodeJS.ReadableStream; stdin: NodeJS.WritableStream }): { next(): Promise<unknown> } {
  const arrived: unknown[] = []
  let waiting: ((line: unknown) => void) | null = null
  let ended: { failed: string } | null = null
  let complaint = ''
  const hand = (line: unknown): void => {
    if (waiting) waiting(line)
    else arrived.push(line)
    waiting = null
  }
  const end = (why: string): void => {
    if (ended) return
    ended = { failed: why }
    hand(ended)
  }
  createInterface({ input: child.stdout }).on('line', (line) => hand(parse(line)))
  child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-2000)))
  // Writing to a peer that has died is no error of its own: its end is reported.
  child.stdin.on('error', () => undefined)
  child.once('error', (error) => end(error.message))
  child.once('close', (code, signal) => end(`It ended (${signal ?? `exit code ${code ?? 0}`}). ${complaint.trim().split('\n').at(-1) ?? ''}`.trim()))
  return {
    next: () => {
      if (arrived.length > 0) return Promise.resolve(arrived.shift())
      return ended ? Promise.resolve(ended) : new Promise((resolve) => (waiting = resolve))
    }
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return { failed: `It said something that is not JSON: ${line.slice(0, 200)}` }
  }
}
