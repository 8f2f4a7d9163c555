import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { hasDesktop } from './electron.mjs'
import { exclusively } from './exclusive.mjs'
import { cache, sourceFile } from './places.mjs'

const launch = (...args) => spawnSync(process.execPath, [sourceFile('scripts/launch.mjs'), ...args], { encoding: 'utf8' })

describe('the launcher', () => {
  it.each([
    [['nope'], 'there is no command "nope"'],
    [['start', '--fast'], '"--fast" means nothing'],
    [['start', '--port', 'abc'], '--port abc is not a port'],
    [['start', '--port', '65536'], '--port 65536 is not a port'],
    [['start', '--bench'], '--bench needs'],
    [['test', 'everything'], '"everything" is not a stage'],
    [['benchmark', 'nope'], 'There is no benchmark "nope"']
  ])('answers %j with a sentence and exit code 2', (args, said) => {
    const { status, stdout, stderr } = launch(...args)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain(said)
  })

  it.each([['--help'], ['start', '--help'], ['test', '--help']])('explains itself: %s %s', (...args) => {
    const { status, stdout } = launch(...args)
    expect(status).toBe(0)
    expect(stdout).toMatch(/^Usage: /)
  })

  it('passes arguments, output and exit code of the command line through', () => {
    const version = launch('cli', '--version')
    expect([version.status, version.stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)])
    const misuse = launch('cli', 'demo', '--seeds', 'abc', '--json')
    expect(misuse.status).toBe(2)
    expect(JSON.parse(misuse.stdout).error.code).toBe('invalid-input')
  })

  it.each([
    ['linux', {}, false],
    ['linux', { DISPLAY: ':0' }, true],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
    ['darwin', {}, true],
    ['win32', {}, true]
  ])('knows whether there is a desktop: %s %o %s', (platform, env, expected) => {
    expect(hasDesktop(env, platform)).toBe(expected)
  })
})

describe('a lock of the checkout', () => {
  const name = `test-${process.pid}`
  const folder = join(cache, `${name}.lock`)
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('lets one in at a time', async () => {
    let inside = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, ++inside)
      await new Promise((resolve) => setTimeout(resolve, 50))
      inside--
    }
    await Promise.all([1, 2, 3].map(() => exclusively(name, 'testing', work)))
    expect([most, existsSync(folder)]).toEqual([1, false])
  })

  it('is given back when the work fails', async () => {
    await expect(exclusively(name, 'testing', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(existsSync(folder)).toBe(false)
  })

  it('is taken over from a process that is gone', async () => {
    const gone = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
    await new Promise((resolve) => gone.once('exit', resolve))
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'pid'), String(gone.pid))
    expect(await exclusively(name, 'testing', () => Promise.resolve('done'))).toBe('done')
  })
})
