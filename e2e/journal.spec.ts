import type { Page } from '@playwright/test'
import { expect, test } from './application.ts'

test.use({ benchContent: 'finished' })

async function showExperiment(page: Page): Promise<void> {
  await page.getByTestId('view-experiments').click()
  await page.getByTestId('experiment-list').getByRole('button').first().click()
  await expect(page.getByTestId('summary-table')).toContainText('±')
}

async function rename(page: Page, name: string): Promise<void> {
  const heading = page.getByTestId('experiment-name')
  await heading.getByRole('button').dblclick()
  await heading.getByRole('textbox').fill(name)
  await heading.getByRole('textbox').press('Enter')
  await expect(heading).toHaveText(name)
}

test('renaming, notes and tags are undone and redone by button, by keyboard and after a restart', async ({ application }) => {
  let page = application.window()
  await showExperiment(page)
  await rename(page, 'First name')
  await page.locator('#experiment-notes').fill('Small on purpose.')
  await page.locator('#experiment-notes').blur()
  await expect(page.getByTestId('undo-depth')).toHaveText('2')
  await page.getByTestId('runs-table').locator('[data-run]').first().click()
  const inspector = page.getByTestId('run-inspector')
  await inspector.getByPlaceholder('Add a tag').fill('baseline')
  await inspector.getByPlaceholder('Add a tag').press('Enter')
  await expect(inspector.getByText('baseline')).toBeVisible()
  await inspector.locator('#run-notes').fill('A note on the run.')
  await inspector.locator('#run-notes').press('Control+Enter')
  await expect(page.getByTestId('undo-depth')).toHaveText('4')

  await test.step('by button', async () => {
    await page.getByTestId('undo').click()
    await expect(inspector.locator('#run-notes')).toHaveValue('')
    await page.getByTestId('undo').click()
    await expect(inspector.getByText('baseline')).toBeHidden()
    await page.getByTestId('redo').click()
    await expect(inspector.getByText('baseline')).toBeVisible()
  })

  await test.step('by keyboard', async () => {
    await page.getByTestId('experiment-name').getByRole('button').focus()
    await page.keyboard.press('Control+z')
    await expect(inspector.getByText('baseline')).toBeHidden()
    await page.keyboard.press('Control+z')
    await expect(page.locator('#experiment-notes')).toHaveValue('')
    await page.keyboard.press('Control+Shift+z')
    await expect(page.locator('#experiment-notes')).toHaveValue('Small on purpose.')
    await page.keyboard.press('Control+y')
    await expect(page.getByTestId('undo-depth')).toHaveText('3')
    await expect(inspector.getByText('baseline')).toBeVisible()
  })

  await test.step('after a restart', async () => {
    await application.restart()
    page = application.window()
    await showExperiment(page)
    await expect(page.getByTestId('experiment-name')).toHaveText('First name')
    await expect(page.locator('#experiment-notes')).toHaveValue('Small on purpose.')
    await expect(page.getByTestId('undo-depth')).toHaveText('3')
    for (const depth of ['2', '1', '0']) {
      await page.getByTestId('undo').click()
      await expect(page.getByTestId('undo-depth')).toHaveText(depth)
    }
    await expect(page.getByTestId('undo')).toBeDisabled()
    await expect(page.getByTestId('experiment-name')).toHaveText('Two seeds')
    await expect(page.locator('#experiment-notes')).toHaveValue('')
    for (const depth of ['1', '2', '3', '4']) {
      await page.getByTestId('redo').click()
      await expect(page.getByTestId('undo-depth')).toHaveText(depth)
    }
    await expect(page.getByTestId('redo')).toBeDisabled()
    await expect(page.getByTestId('experiment-name')).toHaveText('First name')
  })
})

test('deleted runs and experiments come back', async ({ application }) => {
  const page = application.window()
  await showExperiment(page)
  const table = page.getByTestId('runs-table')
  const ids = await table.locator('[data-run]').evaluateAll((rows) => rows.slice(0, 2).map((row) => row.getAttribute('data-run')))
  const [first, second] = ids.map((id) => table.locator(`[data-run="${id}"]`))
  if (first === undefined || second === undefined) throw new Error('The table has fewer than two rows.')
  const rowCount = (await table.getByRole('grid').getAttribute('aria-rowcount')) ?? ''
  await first.click()
  await second.click({ modifiers: ['Shift'] })
  await page.getByTestId('delete-runs').click()
  await expect(first).toBeHidden()
  await expect(table.getByRole('grid')).toHaveAttribute('aria-rowcount', String(Number(rowCount) - 2))
  await page.getByTestId('undo').click()
  await expect(table.getByRole('grid')).toHaveAttribute('aria-rowcount', rowCount)
  await expect(first).toBeVisible()

  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Delete experiment' }).click()
  await expect(page.getByTestId('experiment-list').getByRole('button')).toHaveCount(0)
  await page.keyboard.press('Control+z')
  await expect(page.getByTestId('experiment-list').getByRole('button', { name: 'Two seeds' })).toBeVisible()
  await page.getByTestId('experiment-list').getByRole('button').click()
  await expect(table.getByRole('grid')).toHaveAttribute('aria-rowcount', rowCount)
  await expect(page.getByTestId('summary-table')).toContainText('±')
})
