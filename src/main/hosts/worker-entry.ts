import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/** The worker's entry point: `worker.ts` in a source tree, `worker.js` in a build (which may put this code one folder deeper). */
export function workerEntry(folder: string = import.meta.dirname): string {
  const candidates = ['worker.js', '../worker.js', '../worker.ts'].map((name) => resolve(folder, name))
  const found = candidates.find((path) => existsSync(path))
  if (!found) throw new Error(`The worker is missing beside ${folder}; build or install the bench again.`)
  return found
}
