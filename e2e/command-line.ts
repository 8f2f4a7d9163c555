import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Run } from '../src/shared/domain/run.ts'
import { type HostSettings, root } from './host.ts'

const run = promisify(execFile)
const script = join(root, 'out', 'main', 'cli.js')

/** The runs of a bench file as `weakbench runs list --json` tells them, beside a window that has the file open. */
export async function listRuns(benchPath: string): Promise<readonly Run[]> {
  const { stdout } = await run(process.execPath, [script, 'runs', 'list', '--bench', benchPath, '--json'])
  return JSON.parse(stdout) as readonly Run[]
}

/**
 * Runs the experiment with one seed by `weakbench demo` on TensorFlow, as on a machine where it is not set up, and expects it to fail.
 * No window may have the file open. Resolves to what the command says.
 */
export async function failOnTensorflow({ home, benchPath }: HostSettings): Promise<string> {
  // Nothing is set up in an empty folder of caches (below the home folder on macOS).
  const env = { ...process.env, WEAKBENCH_HOME: home, XDG_CACHE_HOME: home, HOME: home }
  const ended = await run(process.execPath, [script, 'demo', '--seeds', '1', '--engine', 'tensorflow', '--bench', benchPath], { env }).catch((error: unknown) => error)
  if (ended instanceof Error && 'stderr' in ended) return String(ended.stderr)
  throw new Error('The experiment did not fail.')
}
