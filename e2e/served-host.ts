import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Browser, Page } from '@playwright/test'
import { type Host, type HostSettings, root } from './host.ts'
import { Watch } from './watch.ts'

const serveScript = join(root, 'out', 'main', 'serve.js')

/** The output of a `serve` that ended. */
export interface ServeOutcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `serve` to its end, for a start that is to fail. */
export async function serveOnce({ home, benchPath }: HostSettings): Promise<ServeOutcome> {
  const child = spawnServe({ home, benchPath })
  let [stdout, stderr] = ['', '']
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}

const spawnServe = ({ home, benchPath }: HostSettings): ChildProcess =>
  spawn(process.execPath, [serveScript, '--bench', benchPath, '--port', '0'], {
    // Playwright forces colours; beside a NO_COLOR of the terminal's, Node would warn of that on stderr.
    env: { ...process.env, FORCE_COLOR: undefined, NO_COLOR: undefined, WEAKBENCH_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe']
  })

/** The Node host, its window in the browser of the tests. */
export async function startServedHost(browser: Browser, settings: HostSettings): Promise<Host> {
  const watch = new Watch((url) => url.hostname === '127.0.0.1')
  const context = await browser.newContext()
  await watch.follow(context)
  let page: Page | null = null
  let child: ChildProcess | null = null
  let address = ''

  async function start(): Promise<void> {
    child = spawnServe(settings)
    address = await addressOf(child, watch)
    if (page === null || page.isClosed()) page = await context.newPage()
    await page.goto(address)
  }

  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const ending = child
    child = null
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return
    watch.expectGone(new URL(address).host)
    const exited = once(ending, 'exit')
    ending.kill(signal)
    const [code] = (await exited) as [number | null]
    if (signal === 'SIGTERM' && code !== 0) watch.complain(`serve ended with code ${code} after SIGTERM`)
  }

  async function closeWindow(answer: 'keep' | 'close'): Promise<{ asked: boolean; closed: boolean }> {
    const closing = shown()
    let asked = false
    const settled = new Promise<void>((resolve) => {
      closing.once('close', () => resolve())
      closing.once('dialog', (dialog) => {
        asked = dialog.type() === 'beforeunload'
        void (answer === 'keep' ? dialog.dismiss().then(resolve) : dialog.accept())
      })
    })
    await closing.close({ runBeforeUnload: true })
    await settled
    return { asked, closed: closing.isClosed() }
  }

  async function chooseFile(ask: () => Promise<void>, path: string): Promise<void> {
    await ask()
    await shown().getByTestId('path-dialog-field').fill(path)
    await shown().getByTestId('path-dialog-field').press('Enter')
  }

  const shown = (): Page => {
    if (page === null) throw new Error('The window has not been opened.')
    return page
  }
  await start()
  return {
    watch,
    window: shown,
    start,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    chooseFile,
    closeWindow,
    async dispose() {
      await context.close()
      await end('SIGTERM')
    }
  }
}

/** The address that serve prints. Rejects with what it said when it ends first. */
async function addressOf(child: ChildProcess, watch: Watch): Promise<string> {
  if (child.stdout === null || child.stderr === null) throw new Error('serve has no output to read.')
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString()
    watch.complain(`serve said: ${chunk.toString().trim()}`)
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /Weakbench is at (http:\S+)/.exec(line)?.[1]
    if (address !== undefined) return address
  }
  throw new Error(`serve ended before it was ready: ${complaint}`)
}
