import { expect, test } from './application.ts'
import { finishedExperiment, firstPoints, startExperiment } from './experiment.ts'
import { listRuns } from './command-line.ts'

test('after main was killed, its jobs are offered, resume in one click and finish; the journal is still there', async ({ application, host }) => {
  const page = application.window()
  await startExperiment(page, { name: 'Killed once', headSteps: '400' })
  await page.getByTestId('experiment-name').getByRole('button').press('Enter')
  await page.getByTestId('experiment-name').getByRole('textbox').fill('Renamed before the crash')
  await page.getByTestId('experiment-name').getByRole('textbox').press('Enter')
  await expect(page.getByTestId('undo-depth')).toHaveText('1')
  await firstPoints(page)
  await application.kill()
  // In Electron the window goes with main.
  if (host === 'served') await expect(page.getByTestId('connection')).toContainText('Connection lost')

  await application.restart()
  const window = application.window()
  await window.getByTestId('view-home').click()
  const attention = window.getByTestId('attention')
  await expect(attention).toContainText('Renamed before the crash')
  await expect(attention).toContainText('interrupted')
  await attention.getByTestId('resume-job').click()
  await expect(attention).toContainText('Nothing needs attention')
  await window.getByTestId('view-experiments').click()
  await window.getByTestId('experiment-list').getByRole('button', { name: 'Renamed before the crash' }).click()
  await finishedExperiment(window)
  expect((await listRuns(application.benchPath)).every((run) => run.status === 'done')).toBe(true)
  await expect(window.getByTestId('summary-table').locator('tr[data-arm="ceiling"]')).toContainText('±')

  await expect(window.getByTestId('undo-depth')).toHaveText('1')
  await window.getByTestId('undo').click()
  await expect(window.getByTestId('experiment-name')).toHaveText('Killed once')
})
