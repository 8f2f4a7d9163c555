import { existsSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { capture, outerEnvironment } from '../launch/child.mjs'
import { modules } from '../launch/places.mjs'
import { SetupError } from './failures.mjs'

/**
 * What compiling needs: `{ nodeGyp, headers }`, the script of node-gyp that comes with npm, and a folder with Node's headers
 * (any version's: the binding keeps to Node-API) or undefined when node-gyp has to download them.
 * Throws, before anything is downloaded, when a tool is missing.
 */
export async function findToolchain(env = outerEnvironment(), platform = process.platform) {
  const install = platform === 'darwin' ? 'Run: xcode-select --install' : 'Install a C++ compiler and make (on Debian or Ubuntu: sudo apt install build-essential), then run the same command again.'
  if (!(env.CXX || ['c++', 'g++', 'clang++'].some((name) => onPath(name, env)))) throw new SetupError('There is no C++ compiler on this machine, and the binding has to be compiled.', install)
  if (!['make', 'gmake'].some((name) => onPath(name, env))) throw new SetupError('There is no make on this machine, and the binding has to be compiled.', install)
  if (!(env.npm_config_python || ['python3', 'python'].some((name) => onPath(name, env)))) {
    throw new SetupError('There is no Python on this machine, and node-gyp needs it to compile the binding.', 'Install Python 3 (on Debian or Ubuntu: sudo apt install python3), then run the same command again.')
  }
  const nodeGyp = findNodeGyp(env)
  if (nodeGyp === undefined) throw new SetupError('node-gyp was not found; it comes with npm.', 'Install Node with npm from https://nodejs.org, then run: npm run setup:tensorflow')
  return { nodeGyp, headers: await findHeaders(env) }
}

/** npm tells its scripts where its node-gyp is; otherwise it lies beside the npm on the path. */
export function findNodeGyp(env) {
  const npm = onPath('npm', env)
  const besideNpm = (path) => join(dirname(path), '..', 'node_modules', 'node-gyp', 'bin', 'node-gyp.js')
  const candidates = [
    env.npm_config_node_gyp,
    env.npm_execpath && besideNpm(env.npm_execpath),
    npm && besideNpm(realpathSync(npm)),
    npm && join(dirname(npm), '..', 'lib', 'node_modules', 'npm', 'node_modules', 'node-gyp', 'bin', 'node-gyp.js')
  ]
  return candidates.find((path) => path && existsSync(path))
}

/** npm's `nodedir` where it is set, else the prefix of a Node on the path that came with its headers. */
async function findHeaders(env) {
  const { code, output } = await capture('npm', ['config', 'get', 'nodedir'], { env, limit: 20_000, shell: process.platform === 'win32' })
  const node = onPath('node', env)
  const candidates = [env.npm_config_nodedir, code === 0 ? output.trim() : undefined, node && join(dirname(realpathSync(node)), '..')]
  return candidates.find((folder) => folder && ['node_api.h', 'common.gypi'].every((name) => existsSync(join(folder, 'include', 'node', name))))
}

/** The first executable of a name on the path, the project's own node_modules left out. */
export function onPath(name, env) {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '' && !folder.startsWith(modules))
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}
