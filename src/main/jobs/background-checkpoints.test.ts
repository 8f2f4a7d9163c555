import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { openTestQueue } from '../hosts/testing/test-queue.ts'
import { temporaryFolder } from '../store/fixtures/temporary-folder.ts'

test('after an import its log is carried over by another process, and SQLite does so itself again', async () => {
  const queue = openTestQueue()
  const { bench } = queue
  const path = join(temporaryFolder(), 'table.csv')
  writeFileSync(path, `x,z,label\n${Array.from({ length: 20_000 }, (_, row) => `${row},${row / 7},${row % 2}`).join('\n')}\n`)
  const before = statSync(bench.path).size
  expect(await queue.run('import-file', { path, name: 'Table' })).toMatchObject({ status: 'done', result: { rows: 20_000 } })
  const pages = (): unknown => bench.connection.raw.pragma('wal_autocheckpoint', { simple: true })
  await vi.waitFor(() => expect(pages()).toBe(1000), 5000)
  expect(statSync(bench.path).size - before).toBeGreaterThan(20_000 * (2 * 4 + 2 * 8))
  await queue.idle()
  const [dataset] = bench.datasets.list()
  expect(bench.columns.numbers(dataset?.id ?? '', 0, 20_000)[19_999]).toBe(19_999)
})
