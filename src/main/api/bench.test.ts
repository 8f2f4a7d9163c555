import { mkdirSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TestCore, until } from '../hosts/testing/test-core.ts'
import { openBench } from '../store/bench.ts'
import { temporaryFolder } from '../store/fixtures/temporary-folder.ts'

const withOne = { timeout: 30_000 }

test('going over to a new file and back again, by whatever name it is called', withOne, async () => {
  const folder = temporaryFolder()
  const core = await TestCore.open(folder)
  await core.call('settings.set', { key: 'file', value: 'first' })
  const created = await core.call('bench.create', { path: 'second' })
  expect(created).toMatchObject({ path: join(folder, 'second.weakbench'), name: 'second', readOnly: false })
  expect(await core.call('settings.get', { key: 'file' })).toBeNull()
  await until('the event', () => core.events.some((event) => event.topic === 'bench.changed' && event.payload.path === created.path))
  // The first one is free again for anybody.
  openBench(core.path).close()

  await core.call('bench.open', { path: core.path })
  expect(await core.call('settings.get', { key: 'file' })).toBe('first')
  const link = join(folder, 'link.weakbench')
  symlinkSync(core.path, link)
  mkdirSync(join(folder, 'deeper'))
  for (const path of [core.path, link, join(folder, 'deeper', '..', 'test.weakbench'), 'test.weakbench', 'test']) {
    expect(await core.call('bench.open', { path }), path).toMatchObject({ name: 'test', readOnly: false })
  }
  expect((await core.call('bench.recent', {})).map((entry) => [entry.name, entry.exists])).toEqual([['test', true], ['second', true]])
  await core.call('bench.forget', { path: created.path })
  expect((await core.call('bench.recent', {})).map((entry) => entry.name)).toEqual(['test'])
})

test('the same file goes from writing to read-only and back', withOne, async () => {
  const core = await TestCore.open(temporaryFolder())
  await core.call('settings.set', { key: 'a', value: '1' })
  expect(await core.call('bench.open', { path: core.path, readOnly: true })).toMatchObject({ readOnly: true })
  expect(await core.call('settings.get', { key: 'a' })).toBe('1')
  // No lock is left behind: somebody else may write now.
  const other = openBench(core.path)
  expect(await core.reply('bench.open', { path: core.path })).toMatchObject({ ok: false, error: { code: 'bench-locked' } })
  expect(await core.call('bench.info', {})).toMatchObject({ readOnly: true })
  other.close()
  expect(await core.call('bench.open', { path: core.path })).toMatchObject({ readOnly: false })
  await core.call('settings.set', { key: 'a', value: '2' })
  expect(await core.call('settings.get', { key: 'a' })).toBe('2')
})

test('what cannot be opened leaves the open file as it was', withOne, async () => {
  const folder = temporaryFolder()
  const core = await TestCore.open(folder)
  await core.call('bench.create', { path: 'second' })
  renameSync(core.path, join(folder, 'moved.weakbench'))
  writeFileSync(join(folder, 'text.weakbench'), 'This is a text, and long enough to have a header of a hundred bytes, were it a database instead of this.')
  const refused = { 'test.weakbench': 'bench-not-found', 'text.weakbench': 'bench-foreign', deeper: 'bench-not-found' }
  for (const [path, code] of Object.entries(refused)) expect(await core.reply('bench.open', { path })).toMatchObject({ ok: false, error: { code } })
  expect(await core.reply('bench.create', { path: 'moved' })).toMatchObject({ ok: false, error: { code: 'conflict', field: 'path' } })
  expect(await core.call('bench.info', {})).toMatchObject({ name: 'second', readOnly: false })
  expect((await core.call('bench.recent', {})).map((entry) => [entry.name, entry.exists])).toEqual([['second', true], ['test', false]])
})

test('a file whose jobs still run is not left', withOne, async () => {
  const core = await TestCore.open(temporaryFolder(), { limits: { workers: 1 } })
  const { jobId } = await core.call('datasets.add-sample', { sample: 'mnist-10k' })
  const error = { code: 'conflict', message: `1 job of ${core.path} is still running.` }
  expect(await core.reply('bench.create', { path: 'second' })).toMatchObject({ ok: false, error })
  expect(await core.reply('bench.open', { path: core.path, readOnly: true })).toMatchObject({ ok: false, error })
  expect(await core.call('bench.open', { path: core.path })).toMatchObject({ name: 'test' })
  await core.call('jobs.cancel', { jobId: jobId ?? '' })
  await until('the end', () => core.core.runningJobs() === 0)
  expect(await core.reply('bench.create', { path: 'second' })).toMatchObject({ ok: true })
})

test('backup and integrity check of a file in use', withOne, async () => {
  const folder = temporaryFolder()
  const core = await TestCore.open(folder)
  await core.call('settings.set', { key: 'a', value: '1' })
  const { path, sizeBytes } = await core.call('bench.backup', { path: 'copy' })
  expect(path).toBe(join(folder, 'copy.weakbench'))
  expect(sizeBytes).toBe(statSync(path).size)
  expect(await core.reply('bench.backup', { path: 'copy' })).toMatchObject({ ok: false, error: { code: 'conflict' } })
  const copy = openBench(path, { readOnly: true })
  expect(copy.settings.get('a')).toBe('1')
  copy.close()
  expect(await core.call('bench.check', {})).toEqual({ ok: true, problems: [] })

  const abandoned = new AbortController()
  const reply = core.reply('bench.check', {}, abandoned.signal)
  await until('the check', () => core.core.runningJobs() === 1)
  abandoned.abort()
  expect(await reply).toMatchObject({ ok: false, error: { code: 'cancelled' } })
  await until('its end', () => core.core.runningJobs() === 0)
  expect((await core.call('jobs.list', {})).map((job) => job.status)).toEqual(['cancelled', 'done'])
})
