import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root; everything runs relative to it, wherever the person stands. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
export const modules = join(root, 'node_modules')
/** Where the launcher keeps what it may lose: locks, reports, memories of failures. */
export const cache = join(root, '.cache')

/** The folder the person stands in; npm itself moves to the root before it starts anything. */
export const standing = () => (process.env.npm_lifecycle_event && process.env.INIT_CWD) || process.cwd()

export const sourceFile = (path) => join(root, ...path.split('/'))

const bundledNode = () => join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** The version of Node that package-lock.json pins, such as `24.21.0`. */
export function pinnedVersion() {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  return lock.packages['node_modules/node'].version
}

/**
 * The Node everything runs with: the one installed as a dependency; where that has no binary for this platform, the
 * person's own if it has the same major version.
 */
export function pinnedNode() {
  return existsSync(bundledNode()) || !ownNodeFits() ? bundledNode() : process.execPath
}

export const ownNodeFits = () => process.versions.node.split('.')[0] === pinnedVersion().split('.')[0]

/** The script behind a package's command, to be run with the pinned Node whatever the shell would choose. */
export function toolScript(packageName, command = packageName) {
  const folder = join(modules, ...packageName.split('/'))
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof bin === 'string' ? bin : bin[command])
}
