import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Gives the tests a temporary folder of their own and removes it with everything they left in it. */
export default function setup() {
  const folder = mkdtempSync(join(tmpdir(), 'weakbench-tests-'))
  // Tests of read-only folders look into it from a process without the rights of this one.
  chmodSync(folder, 0o755)
  process.env.TMPDIR = folder
  return () => rmSync(folder, { recursive: true, force: true })
}
