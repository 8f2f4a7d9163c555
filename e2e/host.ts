import { join } from 'node:path'
import type { Page } from '@playwright/test'
import type { Watch } from './watch.ts'

/** The project's folder. */
export const root = join(import.meta.dirname, '..')

/** Where a host is to keep its things, and the bench file it opens. */
export interface HostSettings {
  readonly home: string
  readonly benchPath: string
}

/** The application in one of its hosts, started and with its window shown. */
export interface Host {
  readonly watch: Watch
  /** The window; another page after `start`. */
  window(): Page
  /** Starts main again after `stop` or `kill` and shows the window. */
  start(): Promise<void>
  /** Ends main as a person does, running jobs or not. */
  stop(): Promise<void>
  /** Ends main with SIGKILL. */
  kill(): Promise<void>
  /** Does what makes the application ask for a file, and answers with this path. */
  chooseFile(ask: () => Promise<void>, path: string): Promise<void>
  /** Closes the window as a person does; `answer` is given when it asks first. */
  closeWindow(answer: 'keep' | 'close'): Promise<{ readonly asked: boolean; readonly closed: boolean }>
  /** Ends everything. */
  dispose(): Promise<void>
}
