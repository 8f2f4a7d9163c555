import { expect, type Locator, type Page } from '@playwright/test'

/** Fields of the form by the end of their id, as a person types them. */
export interface ExperimentFields {
  readonly name?: string
  readonly seeds?: string
  readonly teacherLabels?: string
  readonly studentLevel?: string
  readonly pretrainingSteps?: string
  readonly headSteps?: string
}

/** Small enough for a few seconds of training, large enough for a gap between teacher and ceiling. */
const small: Required<Omit<ExperimentFields, 'name'>> = {
  seeds: '0, 1',
  teacherLabels: '300',
  studentLevel: '3',
  pretrainingSteps: '60',
  headSteps: '80'
}

/** Steps that no machine finishes while a test looks on. */
export const endless: ExperimentFields = { headSteps: '20000' }

/** Fills the form of Home and starts the experiment; the window then shows it. */
export async function startExperiment(page: Page, fields: ExperimentFields = {}): Promise<void> {
  await page.getByTestId('view-home').click()
  const form = page.getByTestId('demo-form')
  await form.getByRole('button', { name: 'Advanced' }).click()
  for (const [field, text] of Object.entries({ ...small, ...fields })) await form.locator(`#demo-${field}`).fill(text)
  // The same numbers on every machine, whatever it could compute on.
  await form.locator('#demo-engine').selectOption('wasm')
  await form.getByTestId('start-experiment').click()
  await expect(status(page)).toHaveText(/Queued|Running/)
}

/** The status of the experiment that is shown. */
export const status = (page: Page): Locator => page.getByTestId('experiment-status')

/** Resolves once the experiment that is shown is done. */
export const finishedExperiment = (page: Page): Promise<void> => expect(status(page)).toHaveText('Done', { timeout: 150_000 })

/** Resolves once a run has points on the chart. */
export async function firstPoints(page: Page): Promise<void> {
  await expect(page.getByTestId('loss-chart').getByRole('img')).toHaveAccessibleName(/\d/, { timeout: 30_000 })
}
