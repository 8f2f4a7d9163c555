import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The folder that holds package.json and resources/: found upwards from this file, since the same code runs from
 * src/main, from out/main (bundled, perhaps one folder deeper) and from inside a packaged application.
 */
export const packageRoot: string = findRoot(import.meta.dirname)

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'resources'))) return folder
  const parent = dirname(folder)
  if (parent === folder) throw new Error(`No package.json with resources/ above ${import.meta.dirname}; the installation is incomplete.`)
  return findRoot(parent)
}
