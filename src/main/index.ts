import { app, type BrowserWindow, dialog, Menu, session } from 'electron'
import { join } from 'node:path'
import { type ErrorPayload, toErrorPayload } from '../shared/contract/errors.ts'
import { type Core, openCore } from './api/core.ts'
import { openRecentList } from './api/recent.ts'
import { places } from './hosts/bench-path.ts'
import { benchArgument } from './hosts/electron-arguments.ts'
import { guardClosing } from './hosts/electron-close.ts'
import { electronAbilities } from './hosts/electron-dialogs.ts'
import { electronFork } from './hosts/electron-fork.ts'
import { serveWindow } from './hosts/electron-ipc.ts'
import { lockDownEngine, lockDownSession } from './hosts/electron-lockdown.ts'
import { menuTemplate } from './hosts/electron-menu.ts'
import { declareAppScheme, serveAppScheme } from './hosts/electron-protocol.ts'
import { openWindow } from './hosts/electron-window.ts'
import { windowFolder } from './hosts/window-files.ts'

const { documents, benchPath, stateFolder } = places()
const readOnly = process.argv.includes('--read-only')
const recent = openRecentList(stateFolder)
let window: BrowserWindow | null = null
let core: Core | null = null
/** Asked for (by the command line, or a double click on macOS) before the core was there. */
let wanted = benchArgument(process.argv, process.cwd())

app.setName('Weakbench')
// Also what the single instance is counted by.
app.setPath('userData', join(stateFolder, 'window'))
declareAppScheme()
lockDownEngine(app)

if (app.requestSingleInstanceLock()) {
  app.on('open-file', (event, path) => {
    event.preventDefault()
    openLater(path)
  })
  app.on('second-instance', (_event, argv, workingFolder) => {
    if (window?.isMinimized()) window.restore()
    window?.focus()
    const path = benchArgument(argv, workingFolder)
    if (path) openLater(path)
  })
  app.whenReady().then(start).catch(fail)
} else {
  app.quit()
}

async function start(): Promise<void> {
  lockDownSession(session.defaultSession)
  serveAppScheme(session.defaultSession, windowFolder())
  const opened = await openFirstBench(wanted ?? benchPath)
  if (!opened) return app.exit(1)
  core = opened
  window = openWindow({ preload: join(import.meta.dirname, '../preload/index.cjs'), stateFolder })
  window.on('closed', () => (window = null))
  serveWindow(window, core)
  guardClosing(app, window, core)
  showMenu(core)
  core.events.subscribe((events) => {
    if (core && events.some(({ topic }) => topic === 'bench.changed')) showMenu(core)
  })
}

/** Opens the first bench; one that cannot be opened is explained, and another one may be chosen. Null when the person gives up. */
async function openFirstBench(path: string): Promise<Core | null> {
  const host = electronAbilities(documents, () => window)
  try {
    return await openCore({ benchPath: path, readOnly, fork: electronFork(), host, stateFolder })
  } catch (error) {
    const { message, hint } = toErrorPayload(error)
    const buttons = ['Open another bench', 'Quit']
    const { response } = await dialog.showMessageBox({ type: 'error', message, detail: hint ?? '', buttons, defaultId: 0, cancelId: 1 })
    const other = response === 0 ? await host.chooseBench('open') : null
    return other ? openFirstBench(other) : null
  }
}

function showMenu({ events }: Core): void {
  const template = menuTemplate(process.platform, recent.list(), {
    run: (command) => events.publish('menu.command', { command }),
    openRecent: openLater
  })
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}

/** Opens a bench that was asked for outside the window: at once, or as the first one while the application starts. */
function openLater(path: string): void {
  if (!core) {
    wanted = path
    return
  }
  const context = { signal: new AbortController().signal, clientId: 'menu' }
  void core.dispatch('bench.open', { path }, context).then((reply) => {
    if (!reply.ok) explain(reply.error)
  })
}

function explain({ message, hint }: ErrorPayload): void {
  dialog.showErrorBox('The bench could not be opened', [message, hint].filter(Boolean).join('\n\n'))
}

function fail(error: unknown): void {
  const { message, hint } = toErrorPayload(error)
  dialog.showErrorBox('Weakbench could not start', [message, hint].filter(Boolean).join('\n\n'))
  app.exit(1)
}
