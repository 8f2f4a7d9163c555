import { BrowserWindow, dialog, nativeTheme, type Rectangle, screen } from 'electron'
import * as v from 'valibot'
import { readState, writeState } from '../api/state-file.ts'
import { windowUrl } from './electron-origin.ts'

const stateFile = 'window.json'
const smallest = { width: 720, height: 480 }
const usual = { width: 1280, height: 820 }
const whole = v.pipe(v.number(), v.integer())
const WindowState = v.object({ x: whole, y: whole, width: v.pipe(whole, v.minValue(1)), height: v.pipe(whole, v.minValue(1)), maximized: v.boolean() })

/** Crashes of the window's process within this time count together, in milliseconds. */
const crashWindow = 60_000
const crashesAllowed = 3

export interface WindowOptions {
  /** Path of the built preload script. */
  readonly preload: string
  readonly stateFolder: string
}

/** Opens the window where it was left, sandboxed and without Node, and remembers where it is put. */
export function openWindow({ preload, stateFolder }: WindowOptions): BrowserWindow {
  const state = readState(stateFolder, stateFile, v.nullable(WindowState), null)
  const window = new BrowserWindow({
    ...(state && isVisible(state) ? { x: state.x, y: state.y, width: state.width, height: state.height } : usual),
    minWidth: smallest.width,
    minHeight: smallest.height,
    title: 'Weakbench',
    show: false,
    // Painted before the page is: the wrong one flashes.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#1c1d1f' : '#ffffff',
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      navigateOnDragDrop: false,
      spellcheck: false
    }
  })
  if (state?.maximized) window.maximize()
  window.once('ready-to-show', () => window.show())
  rememberPlace(window, stateFolder)
  reloadAfterCrash(window)
  void window.loadURL(windowUrl)
  return window
}

function rememberPlace(window: BrowserWindow, stateFolder: string): void {
  let timer: NodeJS.Timeout | undefined
  const save = () => {
    clearTimeout(timer)
    // Normal bounds: a maximised window remembers the size to return to.
    writeState(stateFolder, stateFile, { ...window.getNormalBounds(), maximized: window.isMaximized() })
  }
  const later = () => {
    clearTimeout(timer)
    timer = setTimeout(save, 500)
  }
  window.on('resize', later)
  window.on('move', later)
  window.on('close', save)
  window.on('closed', () => clearTimeout(timer))
}

/** The core and its jobs live on in main, so a window that crashed starts again by itself, unless it does so over and over. */
function reloadAfterCrash(window: BrowserWindow): void {
  let crashes: number[] = []
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return
    crashes = [...crashes.filter((at) => Date.now() - at < crashWindow), Date.now()]
    if (crashes.length <= crashesAllowed) return window.webContents.reload()
    const what = `Its process ended ${crashes.length} times within a minute (${reason}).`
    dialog.showErrorBox('The window keeps failing', `${what} Jobs go on; close the window and start Weakbench again.`)
  })
}

/** False where the window would open on a screen that is no longer there. */
function isVisible(bounds: Rectangle): boolean {
  return screen.getAllDisplays().some(({ workArea }) => {
    const width = Math.min(bounds.x + bounds.width, workArea.x + workArea.width) - Math.max(bounds.x, workArea.x)
    const height = Math.min(bounds.y + bounds.height, workArea.y + workArea.height) - Math.max(bounds.y, workArea.y)
    return width >= 100 && height >= 100
  })
}
