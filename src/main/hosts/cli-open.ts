import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { BenchError } from '../../shared/contract/errors.ts'
import type { CliOutput } from './cli-output.ts'

interface Options {
  readonly bench?: string | undefined
  readonly readOnly?: boolean
  readonly browser?: boolean
}

/** `weakbench open`: what `npm start` does, with the same file. Resolves when the application ends; throws when it failed. */
export async function openApplication({ bench, readOnly = false, browser = false }: Options, output: CliOutput): Promise<void> {
  const args = [...(bench === undefined ? [] : ['--bench', resolve(bench)]), ...(readOnly ? ['--read-only'] : []), ...(browser ? ['--browser'] : [])]
  // Under --json stdout is ours; what the application prints goes to stderr.
  const child = spawn(process.execPath, [launcher(), 'start', ...args], { stdio: ['inherit', output.json ? 2 : 'inherit', 'inherit'] })
  // The application hears Ctrl+C from the terminal itself and ends in its own time.
  const wait = () => undefined
  process.on('SIGINT', wait)
  process.on('SIGTERM', (signal) => void child.kill(signal))
  const code = await new Promise<number | null>((done, fail) => child.once('error', fail).once('exit', done))
  process.removeListener('SIGINT', wait)
  if (code !== 0) throw new BenchError('internal', 'The application ended with an error.', { hint: 'See above for the reason.' })
  if (output.json) await output.result({ opened: bench ?? null }, '')
}

function launcher(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const path = join(folder, 'scripts', 'launch.mjs')
    if (existsSync(path)) return path
  }
  throw new BenchError('not-found', 'The launcher scripts/launch.mjs is not beside this installation.', { hint: 'Use `weakbench serve` instead.' })
}
