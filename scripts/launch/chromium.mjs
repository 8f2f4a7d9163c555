import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { runChild } from './child.mjs'
import { say } from './progress.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']
const elsewhere = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe'
]

/**
 * The browser that drives the end-to-end tests. Where there is none, root on a Debian-like system gets it from the system's
 * package manager. Resolves to its path, or to undefined after having said what to do.
 */
export async function ensureChromium() {
  const present = findChromium()
  if (present !== undefined) return present
  if (process.env.CHROMIUM_PATH) {
    say(`CHROMIUM_PATH names ${process.env.CHROMIUM_PATH}, where nothing is; correct it or leave it out, then run npm test again.`)
    return undefined
  }
  const aptGet = onPath('apt-get')
  if (process.platform === 'linux' && process.getuid() === 0 && aptGet !== undefined) {
    say('There is no Chromium for the end-to-end tests; installing it (apt-get install chromium) …')
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const quiet = { env, stdio: ['ignore', 'ignore', 'inherit'] }
    const code = (await runChild(aptGet, ['-qq', 'update'], quiet)) || (await runChild(aptGet, ['-qq', 'install', '-y', 'chromium'], quiet))
    const installed = findChromium()
    if (code === 0 && installed !== undefined) return installed
  }
  say('The end-to-end tests need a browser: install Chromium or Google Chrome, or set CHROMIUM_PATH to one, then run npm test again.')
  return undefined
}

/** `CHROMIUM_PATH`, or the first Chromium-like browser on the path or at its usual place. */
export function findChromium() {
  const chosen = process.env.CHROMIUM_PATH
  if (chosen) return existsSync(chosen) ? chosen : undefined
  for (const name of names) {
    const found = onPath(name)
    if (found !== undefined) return found
  }
  return elsewhere.find((path) => existsSync(path))
}

function onPath(name) {
  const folders = (process.env.PATH || '').split(delimiter).filter(Boolean)
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
