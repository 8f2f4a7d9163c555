import { EventEmitter } from 'node:events'

/**
 * A stand-in for the module `electron`, for tests of the shell on machines without its binary: it records what the shell sets up
 * and lets a test play the part of Electron. Values cross IPC by structured clone, as they do there.
 */
type Handler = (...args: never[]) => unknown

export class StubContents extends EventEmitter {
  readonly id = 1
  readonly mainFrame = { url: 'app://weakbench/index.html', parent: null }
  readonly sent: unknown[][] = []
  windowOpenHandler: Handler | null = null
  reloads = 0
  rtcPolicy = ''
  send(...args: unknown[]): void {
    this.sent.push(structuredClone(args))
  }
  isDestroyed = (): boolean => false
  getURL = (): string => this.mainFrame.url
  reload = (): void => void this.reloads++
  setWindowOpenHandler = (handler: Handler): void => void (this.windowOpenHandler = handler)
  setWebRTCIPHandlingPolicy = (policy: string): void => void (this.rtcPolicy = policy)
}

export class StubWindow extends EventEmitter {
  static last: StubWindow | null = null
  readonly webContents = new StubContents()
  readonly options: Record<string, unknown>
  loaded = ''
  maximized = false
  minimized = false
  focused = 0
  bounds = { x: 40, y: 50, width: 900, height: 700 }
  constructor(options: Record<string, unknown>) {
    super()
    this.options = options
    StubWindow.last = this
    app.emit('web-contents-created', {}, this.webContents)
  }
  loadURL(url: string): Promise<void> {
    this.loaded = url
    return Promise.resolve()
  }
  show = (): void => undefined
  focus = (): void => void this.focused++
  maximize = (): void => void (this.maximized = true)
  isMaximized = (): boolean => this.maximized
  isMinimized = (): boolean => this.minimized
  restore = (): void => void (this.minimized = false)
  getNormalBounds = (): object => this.bounds
}
export { StubWindow as BrowserWindow }

class StubApp extends EventEmitter {
  readonly switches = new Map<string, string | undefined>()
  readonly paths = new Map<string, string>()
  readonly commandLine = { appendSwitch: (name: string, value?: string) => void this.switches.set(name, value) }
  name = ''
  sandboxed = false
  isFirst = true
  quits = 0
  exitCode: number | null = null
  setName = (name: string): void => void (this.name = name)
  setPath = (name: string, path: string): void => void this.paths.set(name, path)
  enableSandbox = (): void => void (this.sandboxed = true)
  requestSingleInstanceLock = (): boolean => this.isFirst
  whenReady = (): Promise<void> => Promise.resolve()
  exit = (code: number): void => void (this.exitCode = code)
  /** As Electron does: the listeners of before-quit may hold it back. */
  quit = (): void => {
    const event = stubEvent()
    this.emit('before-quit', event)
    if (!event.prevented) this.quits++
  }
}
export const app = new StubApp()

export const stubEvent = () => ({
  prevented: false,
  preventDefault() {
    this.prevented = true
  }
})

class StubIpcMain extends EventEmitter {
  readonly handlers = new Map<string, Handler>()
  handle = (channel: string, handler: Handler): void => void this.handlers.set(channel, handler)
  removeHandler = (channel: string): void => void this.handlers.delete(channel)
}
export const ipcMain = new StubIpcMain()

/** Calls a channel as a window does: arguments and result are cloned. */
export async function invoke(channel: string, event: object, ...args: unknown[]): Promise<unknown> {
  const handler = ipcMain.handlers.get(channel)
  if (!handler) throw new Error(`Nothing handles ${channel}`)
  return structuredClone(await Reflect.apply(handler, undefined, [event, ...structuredClone(args)]))
}

interface SessionSetup {
  onBeforeRequest: Handler | null
  permissionRequest: Handler | null
  permissionCheck: Handler | null
  device: Handler | null
  spellChecker: boolean
  readonly protocols: Map<string, (request: Request) => Promise<Response>>
}
export const setup: SessionSetup = { onBeforeRequest: null, permissionRequest: null, permissionCheck: null, device: null, spellChecker: true, protocols: new Map() }

export const session = {
  defaultSession: {
    webRequest: { onBeforeRequest: (handler: Handler) => void (setup.onBeforeRequest = handler) },
    protocol: { handle: (scheme: string, handler: (request: Request) => Promise<Response>) => void setup.protocols.set(scheme, handler) },
    setPermissionRequestHandler: (handler: Handler) => void (setup.permissionRequest = handler),
    setPermissionCheckHandler: (handler: Handler) => void (setup.permissionCheck = handler),
    setDevicePermissionHandler: (handler: Handler) => void (setup.device = handler),
    setSpellCheckerEnabled: (on: boolean) => void (setup.spellChecker = on)
  }
}

export const schemes: { readonly scheme: string; readonly privileges: object }[] = []
export const protocol = { registerSchemesAsPrivileged: (list: typeof schemes) => void schemes.push(...list) }

/** What the dialogs answer next, and what they said. */
export const answers = { response: 0, filePaths: [] as string[], filePath: '' }
export const shown: unknown[][] = []
export const dialog = {
  showMessageBox(...args: unknown[]) {
    shown.push(args)
    return Promise.resolve({ response: answers.response })
  },
  showErrorBox: (...args: unknown[]) => void shown.push(args),
  showOpenDialog: () => Promise.resolve({ canceled: answers.filePaths.length === 0, filePaths: answers.filePaths }),
  showSaveDialog: () => Promise.resolve({ canceled: answers.filePath === '', filePath: answers.filePath })
}

export interface StubMenuItem {
  readonly id?: string
  readonly label?: string
  readonly role?: string
  readonly accelerator?: string
  readonly enabled?: boolean
  readonly submenu?: readonly StubMenuItem[]
  readonly click?: () => void
}
export const menu: { current: readonly StubMenuItem[] } = { current: [] }
export const Menu = {
  buildFromTemplate: (template: readonly StubMenuItem[]) => template,
  setApplicationMenu: (template: readonly StubMenuItem[]) => void (menu.current = template)
}

export const nativeTheme = { shouldUseDarkColors: false }
export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] }
export const utilityProcess = {
  fork: () => {
    throw new Error('no utility processes here')
  }
}
