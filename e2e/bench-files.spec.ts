import { copyFile, open, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from './application.ts'
import { listRuns } from './command-line.ts'
import { serveOnce } from './served-host.ts'

test.use({ benchContent: 'finished' })

const press = (page: Page, button: 'create' | 'open' | 'backup') => () => page.getByTestId(`bench-${button}`).click()

test('a bench is created, opened again from the list, and backed up', async ({ application }) => {
  const page = application.window()
  const fresh = join(application.home, 'fresh.weakbench')
  await application.chooseFile(press(page, 'create'), fresh)
  await expect(page.getByTestId('status-bench')).toContainText('fresh')
  await expect(page.getByTestId('bench-panel')).toContainText(fresh)
  await expect(page).toHaveTitle(/^fresh/)
  await page.getByTestId('view-experiments').click()
  await expect(page.getByText('No experiments yet')).toBeVisible()

  await page.getByTestId('view-home').click()
  await page.getByTestId('bench-panel').getByRole('button', { name: 'bench under test' }).first().click()
  await expect(page.getByTestId('status-bench')).toContainText('bench under test')
  const backup = join(application.home, 'copy.weakbench')
  await application.chooseFile(press(page, 'backup'), backup)
  await expect(page.getByTestId('notice')).toContainText('Backed up to')
  expect((await stat(backup)).size).toBeGreaterThan(1_000_000)
  expect(await listRuns(backup)).toEqual(await listRuns(application.benchPath))

  await application.chooseFile(press(page, 'open'), backup)
  await expect(page.getByTestId('status-bench')).toContainText('copy')
  await page.getByTestId('view-experiments').click()
  await page.getByTestId('experiment-list').getByRole('button', { name: 'Two seeds' }).click()
  await expect(page.getByTestId('summary-table')).toContainText('±')
})

test('files that are no bench, from a newer version, or missing are refused in words and left alone', async ({ application }) => {
  const page = application.window()
  const text = join(application.home, 'shopping list.weakbench')
  const newer = join(application.home, 'newer.weakbench')
  await writeFile(text, 'milk, eggs\n')
  await copyFile(application.benchPath, newer)
  await setUserVersion(newer, 999)
  const newerBytes = await readFile(newer)
  const cases = [
    [text, 'is not a Weakbench file; it was left as it is.'],
    [newer, 'was written by a newer Weakbench'],
    [join(application.home, 'nowhere.weakbench'), 'There is no file'],
    [application.home, 'is not a file.']
  ] as const
  for (const [path, message] of cases) {
    await application.chooseFile(press(page, 'open'), path)
    await expect(page.getByText(message).first()).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByTestId('status-bench')).toContainText('bench under test')
  }
  expect(await readFile(text, 'utf8')).toBe('milk, eggs\n')
  expect(newerBytes.equals(await readFile(newer))).toBe(true)
  await application.chooseFile(press(page, 'create'), text)
  await expect(page.getByText(/already/).first()).toBeVisible()
  await page.keyboard.press('Escape')
  expect(await readFile(text, 'utf8')).toBe('milk, eggs\n')
})

test('a path typed on Home opens a bench, or is explained in the status bar', async ({ application, host }) => {
  test.skip(host === 'electron', 'The desktop application asks with the dialogs of the system.')
  const page = application.window()
  await page.getByTestId('open-path').fill(join(application.home, 'nowhere.weakbench'))
  await page.getByTestId('open-path').press('Enter')
  await expect(page.getByTestId('notice')).toContainText('There is no file')
  await page.getByTestId('open-path').fill(join(application.home, 'typed.weakbench'))
  await page.getByTestId('bench-panel').getByRole('button', { name: 'Create', exact: true }).click()
  await expect(page.getByTestId('status-bench')).toContainText('typed')
})

test('a second instance on the same file ends with one sentence', async ({ application }) => {
  await expect(application.window().getByTestId('demo-form')).toBeVisible()
  const { code, stdout, stderr } = await serveOnce({ home: join(application.home, 'second'), benchPath: application.benchPath })
  expect(code).toBe(1)
  expect(stdout).toBe('')
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(stderr).toContain('is already open in another Weakbench')
})

/** Bytes 60 to 63 of an SQLite file are its user_version, big-endian. */
async function setUserVersion(path: string, version: number): Promise<void> {
  const file = await open(path, 'r+')
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(version)
  await file.write(bytes, 0, 4, 60)
  await file.close()
}
