import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { capture, childEnvironment, runChild } from './child.mjs'
import { exclusively } from './exclusive.mjs'
import { LaunchError } from './failures.mjs'
import { pinnedNode, root, sourceFile, toolScript } from './places.mjs'
import { say, withElapsed } from './progress.mjs'

const stampFile = sourceFile('out/.built-from')
const products = ['out/main/index.js', 'out/main/serve.js', 'out/main/worker.js', 'out/preload/index.cjs', 'out/renderer/index.html']
const configuration = ['package.json', 'package-lock.json', 'electron.vite.config.ts', 'tsconfig.json', 'tsconfig.node.json', 'tsconfig.web.json']

/** Builds when a source file, the configuration or a dependency changed since the last build; quiet unless it fails. */
export async function ensureBuilt() {
  if (isFresh()) return
  await exclusively('build', 'building', async () => {
    if (isFresh()) return
    const sources = fingerprint()
    const { code, output } = await withElapsed('Building', () => {
      forgetBuild()
      return capture(pinnedNode(), buildCommand())
    })
    if (code !== 0) {
      say(output.trim())
      throw new LaunchError('the build failed (see above); nothing was started.')
    }
    writeFileSync(stampFile, sources)
  })
}

/** Builds with its output visible, whatever is there already; resolves to the exit code. */
export function buildVisibly(extra) {
  return exclusively('build', 'building', async () => {
    const sources = fingerprint()
    forgetBuild()
    const code = await runChild(pinnedNode(), buildCommand(), { cwd: root, env: childEnvironment(extra) })
    if (code === 0) writeFileSync(stampFile, sources)
    return code
  })
}

const buildCommand = () => [toolScript('electron-vite'), 'build', '--logLevel', 'warn']

/** An interrupted build must not pass for a finished one. */
const forgetBuild = () => rmSync(stampFile, { force: true })

function isFresh() {
  try {
    return products.every((path) => existsSync(sourceFile(path))) && readFileSync(stampFile, 'utf8') === fingerprint()
  } catch {
    return false
  }
}

/** A hash over names and contents: times change with every checkout, contents do not. */
function fingerprint() {
  const hash = createHash('sha256')
  const files = [...configuration.map(sourceFile), ...filesUnder(sourceFile('src'))].filter((path) => !path.endsWith('.test.ts'))
  for (const path of files) {
    hash.update(`${relative(root, path)}\0`)
    hash.update(existsSync(path) ? readFileSync(path) : '')
    hash.update('\0')
  }
  return hash.digest('hex')
}

function filesUnder(folder) {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesUnder(path) : [path]
  })
}
