import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from './application.ts'

test('the sample: gallery, selection, labels by key, history, undo and splits', async ({ application }) => {
  const page = application.window()
  await page.getByTestId('view-data').click()
  await page.getByTestId('add-sample').click()
  const gallery = page.getByTestId('gallery')
  await expect(gallery).toBeVisible({ timeout: 30_000 })
  await expect(page.getByTestId('example-total')).toHaveText('10,000 examples')
  const cell = (row: number) => gallery.locator(`[data-row="${row}"]`)
  await expect(cell(0).locator('canvas')).toBeVisible()

  await test.step('click, Shift and Control select', async () => {
    await cell(2).click()
    await expect(page.getByTestId('selected-count')).toHaveText('1 selected')
    await cell(5).click({ modifiers: ['Shift'] })
    await expect(page.getByTestId('selected-count')).toHaveText('4 selected')
    await cell(4).click({ modifiers: ['Control'] })
    await expect(page.getByTestId('selected-count')).toHaveText('3 selected')
    await cell(3).click()
    await expect(page.getByTestId('selected-count')).toHaveText('1 selected')
  })

  const inspector = page.getByTestId('example-inspector')
  const history = page.getByTestId('label-history').locator('tbody tr')
  await test.step('a class key labels the selection', async () => {
    await expect(inspector).toBeVisible()
    await expect(history).toHaveCount(1)
    await page.keyboard.press('7')
    await expect(page.getByTestId('notice')).toHaveText('Labelled 1 example as 7')
    await expect(history).toHaveCount(2)
    await expect(history.filter({ hasText: '7' })).not.toHaveCount(0)
    await expect(page.getByTestId('undo-depth')).toHaveText('1')
  })

  await test.step('undo takes the label back', async () => {
    await page.keyboard.press('Control+z')
    await expect(page.getByTestId('undo-depth')).toHaveText('0')
    await page.keyboard.press('Control+Shift+z')
    await expect(page.getByTestId('undo-depth')).toHaveText('1')
    // Nothing is overwritten: given, labelled, taken back, labelled again.
    await expect(history).toHaveCount(4)
    await expect(page.getByRole('complementary', { name: 'Side list' }).getByText('annotator')).toBeVisible()
  })

  await test.step('examples are pinned to a split and left out, and given back to the seeds', async () => {
    const split = page.getByLabel('Split', { exact: true })
    await split.selectOption({ label: 'left out' })
    await expect(cell(3)).toHaveAttribute('aria-label', /left out/)
    await split.selectOption({ label: 'test' })
    await expect(cell(3)).toHaveAttribute('aria-label', /, test$/)
    await page.getByTestId('undo').click()
    await expect(cell(3)).toHaveAttribute('aria-label', /left out/)
    await page.getByTestId('undo').click()
    await expect(cell(3)).not.toHaveAttribute('aria-label', /left out/)
  })

  await test.step('the keyboard moves, selects and withdraws', async () => {
    await cell(3).click()
    await page.keyboard.press('ArrowRight')
    await expect(cell(4)).toHaveAttribute('aria-selected', 'true')
    await page.keyboard.press('Shift+ArrowRight')
    await expect(page.getByTestId('selected-count')).toHaveText('2 selected')
    await page.keyboard.press('End')
    await expect(cell(9999)).toBeVisible()
    await page.keyboard.press('1')
    await expect(page.getByTestId('notice')).toHaveText('Labelled 1 example as 1')
    await page.keyboard.press('Backspace')
    await expect(page.getByTestId('notice')).toHaveText('Withdrew the label of 1 example')
  })

  await test.step('labels stay after a restart', async () => {
    const depth = await page.getByTestId('undo-depth').textContent()
    await application.restart()
    const again = application.window()
    await again.getByTestId('view-data').click()
    await again.getByTestId('gallery').locator('[data-row="3"]').click()
    await expect(again.getByTestId('label-history').locator('tbody tr')).toHaveCount(4)
    await expect(again.getByTestId('undo-depth')).toHaveText(depth ?? '')
  })
})

/** Mails of two classes; every hundredth row lacks cells. */
function mailCsv(): string {
  const rows = Array.from({ length: 1000 }, (_, row) => {
    if (row % 100 === 50) return `${row},broken`
    const spam = row % 4 === 0
    return [row, spam ? '"Claim the ""free"" money"' : 'Minutes of the meeting', (row % 50) / 10, spam ? 'spam' : 'ham'].join(',')
  })
  return ['id,subject,score,class', ...rows].join('\n')
}

test('a file: import with bad rows, query, bulk label, saved filter, export and import again', async ({ application }) => {
  const page = application.window()
  const file = join(application.home, 'mail.csv')
  await writeFile(file, mailCsv())
  await page.getByTestId('view-data').click()
  const table = page.getByTestId('example-table')
  const total = page.getByTestId('example-total')
  const tab = (name: string) => page.getByRole('radio', { name, exact: true }).click()
  const importFile = async (path: string) => {
    await page.getByTestId('import-path').fill(path)
    await page.getByTestId('import-path').press('Enter')
    await expect(page.getByTestId('preview-table')).toBeVisible()
  }

  await test.step('the preview shows columns, roles and bad rows before anything is written', async () => {
    await page.getByTestId('import').click()
    await importFile(file)
    await expect(page.getByTestId('preview-table').locator('thead th')).toHaveCount(4)
    await expect(page.getByLabel('Role of class')).toHaveValue('label')
    await page.getByLabel('Role of subject').selectOption('text')
    await expect(page.getByTestId('preview-rejected')).toContainText('10 rows of the beginning do not fit')
    await page.getByTestId('import-name').fill('Mail')
  })

  await test.step('too many bad rows stop the import, and may be allowed after all', async () => {
    await page.getByTestId('import-threshold').fill('0.5')
    await page.getByTestId('start-import').click()
    await expect(page.getByTestId('import-failure')).toContainText('do not fit')
    await page.getByTestId('import-anyway').click()
    await expect(table).toBeVisible({ timeout: 30_000 })
    await expect(page.getByTestId('notice')).toContainText('Imported 990 rows into “Mail”; 10 rows left out')
    await expect(total).toHaveText('990 examples')
  })

  await test.step('the rows left out are listed with line and reason', async () => {
    await tab('Import report')
    await expect(page.getByTestId('rejected-count')).toHaveText('10')
    await expect(page.getByTestId('quarantine').locator('tbody tr')).toHaveCount(10)
    await expect(page.getByTestId('quarantine').locator('tbody tr').first()).toContainText('52')
    await tab('Examples')
  })

  const query = page.getByTestId('query-line')
  await test.step('the query line filters, marks mistakes, and the builder shows the same filter', async () => {
    await query.fill('scor>4')
    await query.press('Enter')
    await expect(page.getByTestId('query-error')).toContainText('Did you mean score?')
    await query.fill('score>4 subject~free')
    await query.press('Enter')
    await expect(total).toHaveText('40 of 990 examples')
    await page.getByTestId('toggle-builder').click()
    await expect(page.getByTestId('filter-builder').getByLabel('Kind of condition')).toHaveCount(2)
    await page.getByTestId('filter-builder').getByRole('button', { name: 'Negate' }).nth(1).click()
    await expect(query).toHaveValue('score>4 -subject~free')
    await expect(total).toHaveText('140 of 990 examples')
    await page.getByTestId('filter-builder').getByRole('button', { name: 'Negate' }).nth(1).click()
    await expect(total).toHaveText('40 of 990 examples')
    await page.getByTestId('toggle-builder').click()
  })

  await test.step('everything that matches is labelled as one step of undo, its count shown first', async () => {
    await table.locator('[data-row]').first().click()
    await page.keyboard.press('Control+a')
    await expect(page.getByTestId('selected-count')).toHaveText('All 40 that match')
    await page.keyboard.press('1')
    await expect(page.getByTestId('bulk-confirm')).toContainText('Label 40 examples as ham')
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('notice')).toHaveText('Labelled 40 examples as ham')
    await expect(page.getByTestId('undo-depth')).toHaveText('1')
    await query.fill('annotator:me!=given')
    await query.press('Enter')
    await expect(total).toHaveText('40 of 990 examples')
    await page.getByTestId('undo').click()
    await page.getByTestId('reread').click()
    await expect(total).toHaveText('0 of 990 examples')
    await page.getByTestId('redo').click()
  })

  await test.step('a saved filter brings its query back', async () => {
    await query.fill('class:spam score:1..2')
    await query.press('Enter')
    // Rows 10 to 20 of each fifty; those that a multiple of four labels as spam.
    await expect(total).toHaveText('60 of 990 examples')
    const found = await total.textContent()
    await page.getByTestId('save-filter').click()
    await page.getByTestId('filter-dialog').getByLabel('Name').fill('Spam of low score')
    await page.keyboard.press('Enter')
    await query.fill('')
    await query.press('Enter')
    await expect(total).toHaveText('990 examples')
    await page.getByRole('button', { name: 'Spam of low score', exact: true }).click()
    await expect(total).toHaveText(found ?? '')
    await expect(query).toHaveValue('given:spam score:1..2')
    await query.fill('')
    await query.press('Enter')
  })

  await test.step('an export comes back with its classes and the labels of both sources', async () => {
    const exported = join(application.home, 'exported.csv')
    await page.getByTestId('export').click()
    await page.getByTestId('export-path').fill(exported)
    await page.getByTestId('start-export').click()
    await expect(page.getByTestId('notice')).toContainText('Exported to')
    await page.getByTestId('side-import').click()
    await importFile(exported)
    await expect(page.getByTestId('preview-rejected')).toHaveCount(0)
    await page.getByTestId('import-name').fill('Mail again')
    await page.getByTestId('start-import').click()
    await expect(page.getByTestId('notice')).toContainText('Imported 990 rows into “Mail again”', { timeout: 30_000 })
    await query.fill('annotator:me!=given')
    await query.press('Enter')
    await expect(total).toHaveText('40 of 990 examples')
  })
})
