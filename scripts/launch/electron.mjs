import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { capture } from './child.mjs'
import { modules, pinnedNode } from './places.mjs'
import { withElapsed } from './progress.mjs'

const downloadLimit = 180_000
/** After a failed download the next try waits this long: a machine that cannot reach it should not pay for that at every start. */
const retryAfter = 24 * 3600_000
const memory = join(modules, '.cache', 'weakbench-electron.json')

const executable = process.platform === 'darwin' ? ['Electron.app', 'Contents', 'MacOS', 'Electron'] : [process.platform === 'win32' ? 'electron.exe' : 'electron']

/** True where windows can be shown: always on Windows and macOS, with an X or Wayland display elsewhere. */
export const hasDesktop = (env = process.env, platform = process.platform) =>
  platform === 'win32' || platform === 'darwin' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY)

/**
 * Electron's binary, fetched once when it is missing (its package downloads it after installation, which .npmrc forbids).
 * Resolves to `{ path }`, or to `{ reason }`, one sentence why there is none here.
 */
export async function findElectron() {
  if (!hasDesktop()) return { reason: 'There is no display here' }
  // Chromium refuses to run as root with its sandbox, and the bench does not run without it.
  if (process.platform === 'linux' && process.getuid() === 0) return { reason: 'Electron does not run as root' }
  if (existsSync(binary())) return { path: binary() }
  if (process.env.ELECTRON_OVERRIDE_DIST_PATH) return { reason: `ELECTRON_OVERRIDE_DIST_PATH names no Electron (${binary()} is missing)` }
  if (failedLately()) return { reason: 'Electron could not be downloaded within the last day' }
  const { code } = await withElapsed('Downloading Electron (first use)', () =>
    capture(pinnedNode(), [join(modules, 'electron', 'install.js')], { limit: downloadLimit })
  )
  if (code === 0 && existsSync(binary())) {
    rmSync(memory, { force: true })
    return { path: binary() }
  }
  rememberFailure()
  return { reason: 'Electron could not be downloaded' }
}

const binary = () => join(process.env.ELECTRON_OVERRIDE_DIST_PATH || join(modules, 'electron', 'dist'), ...executable)

const electronVersion = () => JSON.parse(readFileSync(join(modules, 'electron', 'package.json'), 'utf8')).version

function failedLately() {
  try {
    const { version, at } = JSON.parse(readFileSync(memory, 'utf8'))
    return version === electronVersion() && Date.now() - at < retryAfter
  } catch {
    return false
  }
}

function rememberFailure() {
  mkdirSync(join(modules, '.cache'), { recursive: true })
  writeFileSync(memory, JSON.stringify({ version: electronVersion(), at: Date.now() }))
}
