import { existsSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from '@playwright/test'
import { type Host, type HostSettings, root } from './host.ts'
import { Watch } from './watch.ts'

const executable = {
  darwin: join('Electron.app', 'Contents', 'MacOS', 'Electron'),
  win32: 'electron.exe'
}[process.platform as string] ?? 'electron'
const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH'] || join(root, 'node_modules', 'electron', 'dist')
const binary = join(folder, executable)

/** One sentence why Electron cannot run here, or null where it can. */
export function whyNoElectron(): string | null {
  if (!existsSync(binary)) return `There is no Electron binary (${binary}).`
  if (process.platform !== 'linux') return null
  if (process.getuid?.() === 0) return 'Electron does not run as root with its sandbox.'
  return process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'] ? null : 'There is no display for Electron.'
}

/** The desktop application. Native message boxes are answered as the test says: nobody is there to click them. */
export async function startElectronHost({ home, benchPath }: HostSettings): Promise<Host> {
  // The shell refuses every other address by itself; the protocol that serves the window is its own.
  const watch = new Watch((url) => url.protocol === 'app:' || url.protocol === 'devtools:')
  let app: ElectronApplication | null = null
  let page: Page | null = null

  async function start(): Promise<void> {
    app = await _electron.launch({ executablePath: binary, args: [root, '--bench', benchPath], env: { ...definedEnvironment(), WEAKBENCH_HOME: home } })
    await watch.follow(app.context())
    page = await app.firstWindow()
    await page.setViewportSize({ width: 1440, height: 900 })
    // What the first load did before it was watched is seen in the second.
    await page.reload()
  }

  const running = (): ElectronApplication => {
    if (app === null) throw new Error('Electron is not running.')
    return app
  }

  /** Button 0 closes and cancels the jobs, button 1 keeps the window. Counts how often it was asked. */
  const answerQuestions = (answer: 'keep' | 'close'): Promise<void> =>
    running().evaluate(({ dialog }, response) => {
      const counted = globalThis as { questions?: number }
      counted.questions = 0
      dialog.showMessageBox = () => {
        counted.questions = (counted.questions ?? 0) + 1
        return Promise.resolve({ response, checkboxChecked: false })
      }
    }, answer === 'close' ? 0 : 1)

  async function stop(): Promise<void> {
    if (app === null) return
    await answerQuestions('close')
    await app.close()
    app = null
  }

  async function kill(): Promise<void> {
    const child = running().process()
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
    app = null
  }

  async function closeWindow(answer: 'keep' | 'close'): Promise<{ asked: boolean; closed: boolean }> {
    await answerQuestions(answer)
    const ended = running().waitForEvent('close').then(() => true)
    await running().evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
    const asked = running().evaluate(() => ((globalThis as { questions?: number }).questions ?? 0) > 0)
    // Main may be gone before it can tell; then it did not ask, or was told to close.
    const kept = await asked.catch(() => answer === 'close')
    if (answer === 'keep' && kept) return { asked: true, closed: false }
    await ended
    app = null
    return { asked: kept, closed: true }
  }

  async function chooseFile(ask: () => Promise<void>, path: string): Promise<void> {
    await running().evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] })
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: chosen })
    }, path)
    await ask()
  }

  await start()
  return {
    watch,
    window() {
      if (page === null) throw new Error('The window has not been opened.')
      return page
    },
    start,
    stop,
    kill,
    chooseFile,
    closeWindow,
    dispose: stop
  }
}

const definedEnvironment = (): Record<string, string> =>
  Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])))
