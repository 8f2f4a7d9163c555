import { resolve } from 'node:path'
import { openCore } from '../api/core.ts'
import type { HostAbilities } from '../api/host-abilities.ts'
import { places } from './bench-path.ts'
import { nodeFork } from './node-fork.ts'
import { startNodeServer } from './node-server.ts'
import type { ServeOptions } from './serve-arguments.ts'
import { windowFolder } from './window-files.ts'

/** A served bench. */
export interface Served {
  readonly url: string
  readonly port: number
  readonly runningJobs: () => number
  /** Stops listening, then closes the core: running jobs are ended and the bench file is left clean. */
  close(): Promise<void>
}

/**
 * Opens a bench and serves it with its window on the loopback address. Throws a BenchError that says what to do.
 *
 * @param folder the built window
 */
export async function serve(options: ServeOptions = {}, folder: string = windowFolder()): Promise<Served> {
  const { documents, benchPath, stateFolder } = places()
  const core = await openCore({
    benchPath: options.bench === undefined ? benchPath : resolve(options.bench),
    readOnly: options.readOnly ?? false,
    fork: nodeFork(),
    host: browserAbilities(documents),
    stateFolder
  })
  try {
    const server = await startNodeServer({ host: core, folder, port: options.port })
    if (options.open) await openInBrowser(server.url)
    const close = async () => {
      await server.close()
      await core.close()
    }
    return { url: server.url, port: server.port, runningJobs: () => core.runningJobs(), close }
  } catch (error) {
    await core.close()
    throw error
  }
}

/** A browser shows no native dialogs: its window asks for paths itself. */
export const browserAbilities = (documents: string): HostAbilities => ({
  kind: 'node',
  nativeDialogs: false,
  documents,
  chooseBench: () => Promise.resolve(null), chooseFile: () => Promise.resolve(null)
})

/**
 * Resolves at the first signal that asks to end. Later ones are heard too, so that an impatient Ctrl+C does not leave the
 * bench file half closed, but the third one ends the process whatever it does.
 */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let count = 0
    const heard = () => (++count >= 3 ? process.exit(130) : resolve())
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, heard)
  })
}

async function openInBrowser(url: string): Promise<void> {
  const { default: open } = await import('open')
  // Without a desktop there is nothing to open it in; the printed address remains.
  const child = await open(url).catch(() => null)
  child?.on('error', () => undefined)
}
