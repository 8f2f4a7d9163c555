import { type App, type BrowserWindow, dialog } from 'electron'

export interface ClosableCore {
  runningJobs(): number
  close(): Promise<void>
}

/**
 * Asks before closing while jobs run, whichever way it is closed (window, menu, system), and lets nothing close before the core has:
 * its jobs are cancelled and the bench file is clean when the application ends.
 */
export function guardClosing(app: App, window: BrowserWindow, core: ClosableCore): void {
  let phase: 'open' | 'asking' | 'closed' = 'open'

  const request = async (): Promise<void> => {
    if (phase !== 'open') return
    phase = 'asking'
    if (core.runningJobs() > 0 && !(await confirm(window, core.runningJobs()))) {
      phase = 'open'
      return
    }
    try {
      await core.close()
    } catch (error) {
      dialog.showErrorBox('The bench did not close cleanly', error instanceof Error ? error.message : String(error))
    }
    phase = 'closed'
    app.quit()
  }
  const hold = (event: { preventDefault(): void }): void => {
    if (phase === 'closed') return
    event.preventDefault()
    void request()
  }
  window.on('close', hold)
  app.on('before-quit', hold)
  app.on('window-all-closed', () => app.quit())
}

/** True when the person wants the jobs cancelled. */
async function confirm(window: BrowserWindow, jobs: number): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: jobs === 1 ? 'One job is running.' : `${jobs} jobs are running.`,
    detail: 'Closing cancels what is running. What it found so far stays in the bench file, and it can be resumed later.',
    buttons: ['Cancel jobs and close', 'Keep the window'],
    defaultId: 1,
    cancelId: 1,
    noLink: true
  })
  return response === 0
}
