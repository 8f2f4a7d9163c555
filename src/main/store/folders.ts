import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { BenchError } from '../../shared/contract/errors.ts'

/**
 * Makes a folder and those above it; throws `bench-unwritable`. One step at a time, because Node's own recursive
 * mkdirSync never returns where the system answers "no such file" for a folder it does not let anybody make (/proc).
 */
export function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return
  if (dirname(folder) !== folder) makeFolder(dirname(folder))
  try {
    mkdirSync(folder)
  } catch (error) {
    // Somebody else may have made it in between.
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return
    throw new BenchError('bench-unwritable', `The folder ${folder} cannot be made.`, { hint: 'Choose a folder you may write to.', details: String(error) }, error)
  }
}
