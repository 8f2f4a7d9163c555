import { expect, test } from './application.ts'

test.use({ benchContent: 'finished' })

const views = ['home', 'experiments', 'data', 'label', 'noise', 'train', 'jobs', 'settings'] as const

test('every view is reached by its shortcut and by Tab', async ({ application }) => {
  const page = application.window()
  await expect(page.getByTestId('demo-form')).toBeVisible()
  for (const [index, view] of views.entries()) {
    await page.keyboard.press(`Control+${index + 1}`)
    await expect(page.getByTestId(`view-${view}`)).toHaveAttribute('aria-current', 'page')
  }
  await page.reload()
  await expect(page.getByTestId('engines-table')).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to the view' })).toBeFocused()
  for (const view of views) {
    await page.keyboard.press('Tab')
    await expect(page.getByTestId(`view-${view}`)).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(page.getByTestId(`view-${view}`)).toHaveAttribute('aria-current', 'page')
  }
})

test('the palette finds and runs commands, experiments and themes', async ({ application }) => {
  const page = application.window()
  await expect(page.getByTestId('demo-form')).toBeVisible()
  const palette = page.getByTestId('command-palette')
  const choose = async (query: string): Promise<void> => {
    await page.keyboard.press('Control+k')
    await palette.getByRole('combobox').fill(query)
    await expect(palette.getByRole('option').first()).toHaveAttribute('aria-selected', 'true')
    await page.keyboard.press('Enter')
    await expect(palette).toBeHidden()
  }
  await choose('go to jobs')
  await expect(page.getByTestId('view-jobs')).toHaveAttribute('aria-current', 'page')
  await choose('two seeds')
  await expect(page.getByTestId('experiment-name')).toHaveText('Two seeds')
  await choose('theme: dark')
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await choose('check integrity')
  await expect(page.getByTestId('notice')).toHaveText('The bench file is intact.')
  await page.keyboard.press('Control+Shift+p')
  await palette.getByRole('combobox').fill('no such thing at all')
  await expect(palette).toContainText('Nothing matches')
  await page.keyboard.press('Escape')
  await expect(palette).toBeHidden()
})

test('? shows the shortcuts of the view, but types into a field', async ({ application }) => {
  const page = application.window()
  await page.getByTestId('view-data').click()
  await expect(page.getByTestId('gallery')).toBeVisible()
  await page.keyboard.press('?')
  const sheet = page.getByTestId('shortcuts')
  await expect(sheet).toContainText('In Data')
  await expect(sheet).toContainText('Ctrl+Z')
  await page.keyboard.press('Escape')
  await expect(sheet).toBeHidden()
  await page.getByTestId('view-home').click()
  await page.locator('#demo-name').press('?')
  await expect(page.locator('#demo-name')).toHaveValue('?')
  await expect(sheet).toBeHidden()
})

test('undo in a text field is undo of the text, not of the journal', async ({ application }) => {
  const page = application.window()
  await page.getByTestId('view-experiments').click()
  await page.getByTestId('experiment-list').getByRole('button').first().click()
  const heading = page.getByTestId('experiment-name')
  await heading.getByRole('button').press('Enter')
  await heading.getByRole('textbox').fill('Renamed')
  await heading.getByRole('textbox').press('Enter')
  await expect(page.getByTestId('undo-depth')).toHaveText('1')
  const notes = page.locator('#experiment-notes')
  await notes.focus()
  await page.keyboard.type('typed')
  await page.keyboard.press('Control+z')
  await expect(notes).toHaveValue('')
  await expect(page.getByTestId('undo-depth')).toHaveText('1')
  await expect(heading).toHaveText('Renamed')
})

test('a form says what is wrong at the field', async ({ application }) => {
  const page = application.window()
  await page.locator('#demo-seeds').fill('one')
  await page.locator('#demo-teacherLabels').fill('5')
  await page.getByTestId('start-experiment').click()
  await expect(page.locator('#demo-seeds-help')).toHaveText('Seeds are whole numbers or ranges, separated by commas.')
  await expect(page.locator('#demo-teacherLabels-help')).toHaveText('At least 200.')
  await expect(page.locator('#demo-seeds')).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByTestId('view-home')).toHaveAttribute('aria-current', 'page')
})
