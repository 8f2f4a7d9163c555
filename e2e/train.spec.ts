import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { type Application, expect, test } from './application.ts'
import { finishedExperiment } from './experiment.ts'
import { storedSetting } from './stored-setting.ts'

const ham = ['minutes of the meeting', 'lunch on friday', 'the report you asked for', 'agenda for the meeting', 'notes of the call']
const spam = ['free money inside', 'claim your prize', 'cheap pills today', 'free prize waiting', 'cheap money offer']

/** Mails of two classes that a few words tell apart. */
function mailCsv(): string {
  const rows = Array.from({ length: 400 }, (_, row) => {
    const isSpam = row % 3 === 0
    const texts = isSpam ? spam : ham
    return `"${texts[row % 5] ?? ''} ${texts[(row * 7 + 2) % 5] ?? ''} number ${row % 11}",${isSpam ? 'spam' : 'ham'}`
  })
  return ['text,class', ...rows].join('\n')
}

async function importMails(application: Application): Promise<Page> {
  const page = application.window()
  const file = join(application.home, 'mails.csv')
  await writeFile(file, mailCsv())
  await page.getByTestId('view-data').click()
  await page.getByTestId('import').click()
  await page.getByTestId('import-path').fill(file)
  await page.getByTestId('import-path').press('Enter')
  await expect(page.getByTestId('preview-table')).toBeVisible()
  await page.getByLabel('Role of text').selectOption('text')
  await expect(page.getByLabel('Role of class')).toHaveValue('label')
  await page.getByTestId('import-name').fill('Mails')
  await page.getByTestId('start-import').click()
  await expect(page.getByTestId('example-table')).toBeVisible({ timeout: 30_000 })
  return page
}

const table = (page: Page) => page.getByTestId('training-table').locator('tbody tr')

test('from votes to a comparison: soft labels in one click, labels of a run, and again with other settings', async ({ application }) => {
  const page = await importMails(application)

  await test.step('two rules and a label model', async () => {
    await page.getByTestId('view-label').click()
    await page.getByTestId('label-tabs').getByRole('radio', { name: 'Labeling functions' }).click()
    await page.getByTestId('first-function').click()
    for (const [index, [name, words, label]] of ([['offers', 'free\ncheap', 'spam'], ['prizes', 'prize\nmoney', 'spam'], ['office', 'meeting\nreport\nlunch', 'ham']] as const).entries()) {
      if (index > 0) await page.getByTestId('new-function').click()
      await page.locator('#function-name').fill(name)
      await page.locator('#function-words').fill(words)
      await page.locator('#function-label').selectOption({ label })
      await page.getByTestId('apply-function').click()
      await expect(page.getByTestId('function-table').locator(`[data-function-row="${name}"]`)).toContainText(label, { timeout: 20_000 })
    }
    await page.getByTestId('label-tabs').getByRole('radio', { name: 'Label models' }).click()
    await page.locator('#model-method').selectOption('dawid-skene')
    await page.getByTestId('run-model').click()
    await expect(page.getByTestId('model-cards').locator('article')).toHaveCount(2, { timeout: 30_000 })
  })

  await test.step('one click trains soft against hard, majority and truth', async () => {
    await page.locator('[data-model="dawid-skene"]').getByTestId('train-soft').click()
    await expect(page.getByTestId('view-experiments')).toHaveAttribute('aria-current', 'page')
    await expect(page.getByTestId('notice')).toContainText('Started “Soft labels of dawid-skene')
    await expect(table(page)).toHaveCount(4)
    await finishedExperiment(page)
    await expect(page.getByTestId('accuracy-chart').getByRole('img')).toHaveAccessibleName(/soft labels of dawid-skene \d\.\d{3}.*ceiling \d\.\d{3}/)
    await expect(table(page).first()).toHaveAttribute('data-arm', 'soft labels of dawid-skene')
    for (const row of await table(page).all()) await expect(row).toContainText(/0\.\d{3} ± |1\.000 ± /)
    await expect(page.getByTestId('runs-table').locator('[data-run]')).toHaveCount(12)
  })

  await test.step('a run labels the data set', async () => {
    const run = page.getByTestId('runs-table').locator('[data-run]').first()
    await run.click()
    await page.getByTestId('label-with-run').click()
    await page.getByTestId('view-label').click()
    await expect(page.getByTestId('label-sources').locator('li').filter({ hasText: 'soft labels of dawid-skene' })).toContainText('400', { timeout: 30_000 })
    await page.getByTestId('view-experiments').click()
    await run.click()
    await page.getByTestId('run-as-function').click()
    await expect(page.getByTestId('notice')).toContainText('is a labeling function now')
  })

  await test.step('the form opens with what was run', async () => {
    await page.getByTestId('train-again').click()
    await expect(page.getByTestId('train-arms').locator('[data-arm]')).toHaveCount(4)
    await expect(page.getByTestId('plan-test')).toHaveText('80')
    await expect(page.locator('#train-seeds')).toHaveValue('0-2')
  })
})

test('the form: arms by hand, mistakes at their fields, plan, start, and the draft after a restart', async ({ application }) => {
  const page = await importMails(application)
  await page.getByTestId('view-train').click()
  const arms = page.getByTestId('train-arms').locator('[data-arm]')

  await test.step('a mistake is named at its field and nothing is started', async () => {
    await expect(arms).toHaveCount(1)
    await expect(page.getByTestId('plan-test')).toHaveText('80')
    await page.locator('#train-batchSize').fill('0')
    await expect(page.locator('#train-batchSize-help')).toHaveText('At least 1.')
    await page.getByTestId('start-training').click()
    await expect(page.getByTestId('view-train')).toHaveAttribute('aria-current', 'page')
    await page.locator('#train-batchSize').fill('32')
  })

  await test.step('two arms, one with a method of its own', async () => {
    await page.getByTestId('add-arm').click()
    await expect(arms).toHaveCount(2)
    await page.locator('#arm-a2-method').selectOption('generalized-cross-entropy')
    await expect(page.locator('#arm-a2-name')).toHaveAttribute('placeholder', 'GCE, q 0.7')
    await page.getByTestId('arm-settings-a2').click()
    await page.locator('#arm-a2-method-q').fill('0.5')
    await expect(page.locator('#arm-a2-name')).toHaveAttribute('placeholder', 'GCE, q 0.5')
    await page.locator('#arm-a1-name').fill('plain')
    await page.locator('#train-model-kind').selectOption('linear')
    await page.locator('#train-epochs').fill('4')
    await page.locator('#train-seeds').fill('0, 1')
    await page.locator('#train-engine').selectOption('wasm')
    await page.locator('#train-name').fill('By hand')
    await expect(page.getByTestId('train-plan')).toContainText('2 arms × 2 seeds')
    await expect(page.getByTestId('train-plan').locator('tbody tr')).toHaveText(['plain32040', 'GCE, q 0.532040'])
  })

  await test.step('the draft is still there after a restart', async () => {
    const datasetId = await page.locator('[data-dataset]').getAttribute('data-dataset')
    await expect.poll(() => storedSetting(application.benchPath, `train.draft.${datasetId}`)).toContain('By hand')
    await application.restart()
    await expect(application.window().locator('#train-name')).toHaveValue('By hand')
    await expect(application.window().locator('#arm-a2-name')).toHaveAttribute('placeholder', 'GCE, q 0.5')
  })

  await test.step('it starts from the keyboard', async () => {
    const window = application.window()
    await expect(window.getByTestId('plan-test')).toHaveText('80')
    await window.keyboard.press('Control+Enter')
    await expect(window.getByTestId('experiment-name')).toContainText('By hand')
    await finishedExperiment(window)
    await expect(table(window)).toHaveCount(2)
    await expect(table(window).nth(1)).toContainText(/[+−]?0\.\d{3} ± /)
  })
})
