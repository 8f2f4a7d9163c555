import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WeakToStrongConfig } from '../../shared/domain/weak-to-strong.ts'
import { openBench } from '../store/bench.ts'
import { cli, startCli } from './testing/cli-process.ts'

let home = ''
let bench = ''
let runIds: string[] = []

/** A bench with three finished runs, as the experiment's jobs leave them. */
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'weakbench-cli-'))
  bench = join(home, 'three runs.weakbench')
  const opened = openBench(bench, { create: true })
  const experiment = opened.experiments.insert('weak-to-strong', 'Digits', v.parse(WeakToStrongConfig, {}))
  const job = opened.jobs.insert({ kind: 'weak-to-strong-seed', name: 'seed 0', input: {}, experimentId: experiment.id })
  runIds = ['weak', 'naive', 'ceiling'].map((arm) => {
    const about = { key: arm, name: `${arm} 0`, arm, role: 'single', seed: 0, config: { steps: 10 }, engine: 'wasm', codeVersion: 'test' } as const
    const run = opened.runs.begin(about, { jobId: job.id, experimentId: experiment.id, datasetVersionId: null, parentId: null })
    opened.runs.end(run.id, 'done', null, { testAccuracy: 0.75 })
    return run.id
  })
  opened.jobs.end(job.id, 'done', null)
  opened.close()
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

const parsed = (stdout: string): unknown => JSON.parse(stdout)
const errorOf = (stdout: string) => (parsed(stdout) as { error: { code: string; message: string; hint?: string; field?: string } }).error

describe('help', () => {
  it.each([['--help'], ['demo --help'], ['runs --help'], ['runs list --help'], ['runs show --help'], ['runs delete --help'], ['engines --help'], ['serve --help'], ['open --help']])(
    '%s explains itself on stdout with --bench and --json among its options',
    async (line) => {
      const { code, stdout, stderr } = await cli(line.split(' '), home)
      expect(code).toBe(0)
      expect(stdout).toMatch(/^Usage: weakbench/)
      expect(stdout).toContain('--bench <file>')
      expect(stdout).toContain('--json')
      expect(stderr).toBe('')
    }
  )

  it('is one JSON value under --json', async () => {
    const { code, stdout } = await cli(['demo', '--help', '--json'], home)
    expect(code).toBe(0)
    expect(parsed(stdout)).toEqual({ help: expect.stringContaining('--seeds <n>') as unknown })
  })
})

describe('misuse', () => {
  it.each([
    ['', 'names no command'],
    ['runs', 'names no command'],
    ['nope', "'nope'"],
    ['runs nope', "'nope'"],
    ['demo --seeds 0', 'whole number from 1 to 64'],
    ['demo --seeds abc', 'whole number from 1 to 64'],
    ['demo --seeds 65', 'whole number from 1 to 64'],
    ['demo --engine abacus', 'abacus'],
    ['demo surplus', 'surplus'],
    ['engines --fast', '--fast'],
    ['serve --port 99999', 'whole number from 0 to 65535'],
    ['runs show', "'id'"],
    ['runs show x', 'is not the id of a run'],
    ['runs list --bench', '--bench']
  ])('"%s" is answered with one sentence and exit code 2', async (line, said) => {
    const args = line.split(' ').filter(Boolean)
    const { code, stdout, stderr } = await cli([...args, ...(args[0] === 'runs' && args[1] === 'show' && args[2] ? ['--bench', bench] : [])], home)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(said)
    expect(stderr).toMatch(/^Weakbench: [^\n]+[.?!]\n {2}[^\n]+\.\n$/)
  })

  it('leaves no bench file behind', async () => {
    const before = readdirSync(home)
    await cli(['demo', '--seeds', '0'], home)
    expect(readdirSync(home)).toEqual(before)
  })

  it('is an error object under --json', async () => {
    const { code, stdout } = await cli(['--json', 'demo', '--seeds', '-1'], home)
    expect(code).toBe(2)
    expect(errorOf(stdout).code).toBe('invalid-input')
  })
})

describe('engines', () => {
  it('lists wasm as the default and makes no bench file', async () => {
    const before = readdirSync(home)
    const { code, stdout, stderr } = await cli(['engines', '--json'], home)
    expect([code, stderr]).toEqual([0, ''])
    expect(parsed(stdout)).toContainEqual(expect.objectContaining({ id: 'wasm', available: true, isDefault: true }))
    expect(readdirSync(home)).toEqual(before)
  })
})

describe('runs', () => {
  it('lists them for people and as JSON', async () => {
    const text = await cli(['runs', 'list', '--bench', bench], home)
    expect(text.code).toBe(0)
    for (const id of runIds) expect(text.stdout).toContain(id.slice(0, 8))
    expect(text.stdout).toContain('0.750')
    const json = await cli(['runs', 'list', '--bench', bench, '--json'], home)
    expect(json.stderr).toBe('')
    expect((parsed(json.stdout) as { id: string }[]).map((run) => run.id).toSorted()).toEqual(runIds.toSorted())
  })

  it('shows one by the beginning of its id', async () => {
    const [id = ''] = runIds
    const { code, stdout } = await cli(['runs', 'show', id.slice(0, 8), '--bench', bench, '--json'], home)
    expect(code).toBe(0)
    expect(parsed(stdout)).toMatchObject({ id, arm: 'weak', summary: { testAccuracy: 0.75 } })
    const text = await cli(['runs', 'show', id, '--bench', bench], home)
    expect(text.stdout).toMatch(/arm +weak/)
    expect(text.stdout).toMatch(/steps +10/)
  })

  it('says that a run is not there', async () => {
    const { code, stdout, stderr } = await cli(['runs', 'show', '00000000', '--bench', bench, '--json'], home)
    expect(code).toBe(1)
    expect(errorOf(stdout)).toMatchObject({ code: 'not-found', field: 'id' })
    expect(stderr).toContain('There is no run 00000000')
  })

  it('reads while a window has the file open, and refuses to delete then', async () => {
    const window = openBench(bench)
    try {
      const list = await cli(['runs', 'list', '--bench', bench, '--json'], home)
      expect((parsed(list.stdout) as unknown[]).length).toBe(3)
      const deletion = await cli(['runs', 'delete', runIds[0] ?? '', '--bench', bench, '--json'], home)
      expect(deletion.code).toBe(1)
      expect(errorOf(deletion.stdout).code).toBe('bench-locked')
      expect(deletion.stderr).toContain('already open')
      const demo = await cli(['demo', '--bench', bench, '--json'], home)
      expect([demo.code, errorOf(demo.stdout).code]).toEqual([1, 'bench-locked'])
    } finally {
      window.close()
    }
  })

  it('deletes nothing when one of the ids is unknown', async () => {
    const { code } = await cli(['runs', 'delete', runIds[0] ?? '', '00000000', '--bench', bench], home)
    expect(code).toBe(1)
    const list = await cli(['runs', 'list', '--bench', bench, '--json'], home)
    expect(parsed(list.stdout)).toHaveLength(3)
  })

  it('deletes through the journal, so that it can be undone', async () => {
    const copy = join(home, 'deletion.weakbench')
    copyFileSync(bench, copy)
    const { code, stdout } = await cli(['runs', 'delete', ...runIds.slice(0, 2), '--bench', copy, '--json'], home)
    expect(code).toBe(0)
    expect(parsed(stdout)).toMatchObject({ deleted: runIds.slice(0, 2), undo: 'Delete 2 runs' })
    const list = await cli(['runs', 'list', '--bench', copy, '--json'], home)
    expect((parsed(list.stdout) as { id: string }[]).map((run) => run.id)).toEqual([runIds[2]])
    const opened = openBench(copy, { readOnly: true })
    expect(opened.journal.state().undo).toEqual({ depth: 1, title: 'Delete 2 runs' })
    expect(opened.runs.get(runIds[0] ?? '')?.deletedAt).toBeTypeOf('number')
    opened.close()
  })
})

describe('bench files that cannot be used', () => {
  const text = 'not a bench, but dear to somebody\n'.repeat(10)

  it.each([
    ['a text file', 'letter.txt', () => Buffer.from(text), 'bench-foreign'],
    ['a half-written file', 'half.weakbench', () => readFileSync(bench).subarray(0, 60), 'bench-damaged'],
    ['an empty file', 'empty.weakbench', () => Buffer.alloc(0), 'bench-damaged'],
    ['a newer file', 'newer.weakbench', () => newer(readFileSync(bench)), 'bench-newer']
  ])('refuses %s and leaves it as it is', async (_what, name, content, errorCode) => {
    const path = join(home, name)
    writeFileSync(path, content())
    for (const command of [['runs', 'list'], ['runs', 'delete', 'abcd1234'], ['demo']]) {
      const { code, stdout, stderr } = await cli([...command, '--bench', path, '--json'], home)
      expect(code).toBe(1)
      expect(errorOf(stdout).code).toBe(errorCode)
      expect(stderr).toContain(name)
      expect(stderr).not.toMatch(/^ {4}at /m)
    }
    expect(readFileSync(path)).toEqual(content())
  })

  it.each([['runs list'], ['runs show abcd1234'], ['runs delete abcd1234']])('%s does not make a missing one', async (line) => {
    const path = join(home, 'missing.weakbench')
    const { code, stderr } = await cli([...line.split(' '), '--bench', path], home)
    expect(code).toBe(1)
    expect(stderr).toContain(`There is no bench file ${path}.`)
    expect(existsSync(path)).toBe(false)
    const usual = await cli(line.split(' '), home)
    expect(usual.stderr).toContain('npm run demo')
  })

  it('says that a folder cannot be written', async () => {
    const path = join(home, 'letter.txt', 'inside a file.weakbench')
    writeFileSync(join(home, 'letter.txt'), text)
    const { code, stdout } = await cli(['demo', '--bench', path, '--json'], home)
    expect(code).toBe(1)
    expect(errorOf(stdout).code).toBe('bench-unwritable')
  })

  /** The schema's version number, at byte 60 of an SQLite header, raised beyond what this program knows. */
  function newer(file: Buffer): Buffer {
    file.writeUInt32BE(9999, 60)
    return file
  }
})

describe('output', () => {
  it('that nobody reads any more ends the command with a sentence', async () => {
    const { child, ended } = startCli(['runs', 'list', '--bench', bench], home)
    child.stdout?.destroy()
    const { code, stderr } = await ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/^Weakbench: The output was closed[^\n]+\n[^\n]+\n$/)
  })
})
