import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { capture, outerEnvironment } from './child.mjs'
import { exclusively } from './exclusive.mjs'
import { LaunchError } from './failures.mjs'
import { modules, ownNodeFits, pinnedNode, pinnedVersion, root } from './places.mjs'
import { say, withElapsed } from './progress.mjs'

const lockFile = join(root, 'package-lock.json')
const stampFile = join(modules, '.weakbench-install')

/**
 * Makes node_modules what package-lock.json says, the pinned Node included. Does nothing but compare a stamp when that
 * has been done before. Everything it says goes to stderr.
 */
export async function ensureInstalled() {
  if (isStamped()) return
  await exclusively('install', 'installing', async () => {
    if (isStamped()) return
    if (!matchesLock()) await installPackages()
    await installNode()
    mkdirSync(modules, { recursive: true })
    writeFileSync(stampFile, stamp())
  })
}

/** What an installation depends on: the lock file and the platform (a home folder may be shared between machines). */
const stamp = () => [createHash('sha256').update(readFileSync(lockFile)).digest('hex'), process.platform, process.arch].join(' ')

function isStamped() {
  try {
    return readFileSync(stampFile, 'utf8') === stamp() && existsSync(pinnedNode())
  } catch {
    return false
  }
}

/**
 * True when npm's own record of node_modules holds what the lock file asks for, as after `npm ci` or `npm install` by hand.
 * npm writes that record last, so an interrupted installation never passes.
 */
function matchesLock() {
  try {
    const wanted = JSON.parse(readFileSync(lockFile, 'utf8')).packages
    const present = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')).packages
    return Object.keys(wanted).every((path) => {
      if (path === '') return true
      const found = present[path]
      if (found === undefined) return Boolean(wanted[path].optional || wanted[path].devOptional)
      return found.version === wanted[path].version && existsSync(join(root, path, 'package.json'))
    })
  } catch {
    return false
  }
}

async function installPackages() {
  const { code, output } = await withElapsed('Installing the dependencies (npm ci)', () => npm(['ci', '--include=dev', '--no-audit', '--no-fund']))
  if (code === 0) return
  say(lastLines(output))
  throw new LaunchError(
    code === 127
      ? 'npm was not found; install Node 22 or later from https://nodejs.org, which brings it, then run the same command again.'
      : 'the dependencies could not be installed (see above); check the network connection and free disk space, then run the same command again.'
  )
}

/** `ignore-scripts` in .npmrc holds for every package but this one, whose script puts the binary in place. */
async function installNode() {
  if (await nodeRuns(pinnedNode())) return
  const { code, output } = await withElapsed(`Installing Node ${pinnedVersion()} for this project`, () => npm(['rebuild', 'node', '--ignore-scripts=false']))
  if (await nodeRuns(pinnedNode())) return
  if (code !== 0) say(lastLines(output))
  if (ownNodeFits()) return
  const major = pinnedVersion().split('.')[0]
  throw new LaunchError(`Node ${pinnedVersion()} could not be installed into this project; install Node ${major} yourself from https://nodejs.org, then run the same command again.`)
}

async function nodeRuns(path) {
  if (!existsSync(path)) return false
  const { code, output } = await capture(path, ['--version'], { env: process.env, limit: 20_000 })
  return code === 0 && output.trim().split('.')[0] === `v${pinnedVersion().split('.')[0]}`
}

/** npm under the Node it belongs to: the one in node_modules is about to be replaced. */
function npm(args) {
  const all = [...args, '--loglevel=error']
  const { npm_execpath: script, npm_node_execpath: node } = process.env
  const known = script && node && /npm-cli\.c?js$/.test(script) && existsSync(script) && existsSync(node) && !node.startsWith(modules)
  return known
    ? capture(node, [script, ...all], { env: outerEnvironment() })
    : capture('npm', all, { env: outerEnvironment(), shell: process.platform === 'win32' })
}

const lastLines = (text) => text.trim().split('\n').slice(-12).join('\n')
