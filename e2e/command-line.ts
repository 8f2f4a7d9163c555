import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Run } from '../src/shared/domain/run.ts'
import { root } from './host.ts'

const run = promisify(execFile)

/** The runs of a bench file as `weakbench runs list --json` tells them, beside a window that has the file open. */
export async function listRuns(benchPath: string): Promise<readonly Run[]> {
  const { stdout } = await run(process.execPath, [join(root, 'out', 'main', 'cli.js'), 'runs', 'list', '--bench', benchPath, '--json'])
  return JSON.parse(stdout) as readonly Run[]
}
