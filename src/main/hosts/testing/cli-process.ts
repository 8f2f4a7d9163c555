import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'

/** What a finished command left. */
export interface CliEnd {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly seconds: number
}

export interface CliProcess {
  readonly child: ChildProcess
  readonly ended: Promise<CliEnd>
}

const script = resolve(import.meta.dirname, '../../cli.ts')

/** Starts the command line as a person would, with its places moved into `home`. */
export function startCli(args: readonly string[], home: string, environment: Readonly<Record<string, string>> = {}): CliProcess {
  const started = performance.now()
  const child = spawn(process.execPath, [script, ...args], { env: { ...process.env, WEAKBENCH_HOME: home, WEAKBENCH_DEBUG: '', ...environment }, cwd: home, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = new Promise<CliEnd>((done, fail) => {
    child.once('error', fail)
    child.once('close', (code) => done({ code, stdout, stderr, seconds: (performance.now() - started) / 1000 }))
  })
  return { child, ended }
}

/** Runs a command to its end. */
export const cli = (args: readonly string[], home: string, environment: Readonly<Record<string, string>> = {}): Promise<CliEnd> => startCli(args, home, environment).ended
