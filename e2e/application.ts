import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect, type Browser, type Page } from '@playwright/test'
import { startElectronHost, whyNoElectron } from './electron-host.ts'
import { finishedExperiment, startExperiment } from './experiment.ts'
import type { Host, HostSettings } from './host.ts'
import { startServedHost } from './served-host.ts'
import { storedSetting } from './stored-setting.ts'
import type { Watch } from './watch.ts'

export type HostName = 'served' | 'electron'

/** The application under test, on a bench file and a home folder of its own. */
export interface Application {
  readonly home: string
  readonly benchPath: string
  readonly watch: Watch
  window(): Page
  /** Ends main where it still runs, starts it on the same bench file and shows the window. */
  restart(): Promise<void>
  kill(): Promise<void>
  close(): Promise<void>
  /** Does what makes the application ask for a file, and answers with this path. */
  chooseFile(ask: () => Promise<void>, path: string): Promise<void>
  /** Closes the window as a person does; `answer` is given when it asks first. */
  closeWindow(answer: 'keep' | 'close'): Promise<{ readonly asked: boolean; readonly closed: boolean }>
}

export interface HostOptions {
  /** Which host the project drives. */
  host: HostName
}
interface TestFixtures {
  /** What the bench holds at the start: nothing, or one finished experiment of two seeds. */
  benchContent: 'empty' | 'finished'
  application: Application
}
interface WorkerFixtures extends HostOptions {
  /** Why the host cannot run on this machine, or null where it can. */
  absence: string | null
  finishedBench: () => Promise<string>
}

/** Tests of the whole application: `application` starts it, and fails the test on whatever the watch has noted. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  host: ['served', { option: true, scope: 'worker' }],
  benchContent: ['empty', { option: true }],

  absence: [
    async ({ host }, use) => {
      const reason = host === 'electron' ? whyNoElectron() : null
      if (reason !== null) console.log(`    Every test of ${host} is skipped. ${reason}`)
      await use(reason)
    },
    { scope: 'worker' }
  ],

  // Made once for all tests that begin with results; each of them works on a copy.
  finishedBench: [
    async ({ host, browser }, use) => {
      const home = await temporaryHome()
      let made: Promise<string> | null = null
      await use(() => (made ??= makeFinishedBench(host, browser, { home, benchPath: join(home, 'finished.weakbench') })))
      await rm(home, { recursive: true, force: true })
    },
    { scope: 'worker' }
  ],

  application: async ({ host, absence, browser, benchContent, finishedBench }, use, testInfo) => {
    testInfo.skip(absence !== null, absence ?? '')
    const home = await temporaryHome()
    const benchPath = join(home, 'bench under test.weakbench')
    if (benchContent === 'finished') await copyFile(await finishedBench(), benchPath)
    const started = await startHost(host, browser, { home, benchPath })
    await use(asApplication(started, { home, benchPath }))
    await started.dispose()
    await rm(home, { recursive: true, force: true })
    expect(started.watch.take(), 'policy violations, errors and foreign requests').toEqual([])
  }
})

export { expect }

const temporaryHome = (): Promise<string> => mkdtemp(join(tmpdir(), 'weakbench-e2e-'))

const startHost = (host: HostName, browser: Browser, settings: HostSettings): Promise<Host> =>
  host === 'electron' ? startElectronHost(settings) : startServedHost(browser, settings)

const asApplication = (host: Host, settings: HostSettings): Application => ({
  ...settings,
  watch: host.watch,
  window: () => host.window(),
  async restart() {
    await host.stop()
    await host.start()
  },
  kill: () => host.kill(),
  close: () => host.stop(),
  chooseFile: (ask, path) => host.chooseFile(ask, path),
  closeWindow: (answer) => host.closeWindow(answer)
})

/** Runs the small experiment in the window, as a person would, and ends the application; resolves to the bench file. */
async function makeFinishedBench(name: HostName, browser: Browser, settings: HostSettings): Promise<string> {
  const host = await startHost(name, browser, settings)
  await startExperiment(host.window(), { name: 'Two seeds' })
  await finishedExperiment(host.window())
  // The tests begin where a first start does.
  await host.window().getByTestId('view-home').click()
  await expect.poll(() => storedSetting(settings.benchPath, 'view.last')).toBe('"home"')
  await host.dispose()
  return settings.benchPath
}
