import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { capture } from '../launch/child.mjs'
import { sourceFile } from '../launch/places.mjs'
import { compilationFailure } from './compile.mjs'
import { parse } from './options.mjs'
import { prove, whyNoGpu } from './prove.mjs'
import { findNodeGyp, findToolchain } from './toolchain.mjs'

let folder
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weakbench-setup-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A folder that stands in for the whole PATH and holds empty programs of these names. */
function path(...names) {
  const programs = join(folder, 'bin')
  mkdirSync(programs, { recursive: true })
  for (const name of names) writeFileSync(join(programs, name), '', { mode: 0o755 })
  return programs
}

/** A loopback address on which nothing listens. */
async function closedPort() {
  const server = createServer()
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address()
  await new Promise((done) => server.close(done))
  return `127.0.0.1:${port}`
}

const setup = (args, env = {}) =>
  capture(process.execPath, [sourceFile('scripts/tensorflow/main.mjs'), ...args], { env: { ...process.env, XDG_CACHE_HOME: folder, ...env } })

describe('setup:tensorflow', () => {
  it('reads its options', () => {
    expect(parse(['--cpu', '--json', '--version=2.20.0'])).toMatchObject({ cpu: true, cuda: false, json: true, version: '2.20.0' })
    expect(parse(['--version', '2.20.0']).version).toBe('2.20.0')
  })

  it.each([[['--gpu']], [['--version', 'latest']], [['--version']], [['--cuda', '--cpu']], [['--cpu=1']]])('refuses %j', (args) => {
    expect(() => parse(args)).toThrow()
  })

  it('says in --check and in JSON that nothing is there, and how to get it', async () => {
    const plain = await setup(['--check'])
    expect([plain.code, plain.output]).toEqual([1, expect.stringMatching(/^Weakbench: TensorFlow is not set up on this machine\.\nRun: npm run setup:tensorflow/)])
    const json = await setup(['--check', '--json'])
    expect(JSON.parse(json.output)).toEqual({ error: { message: 'TensorFlow is not set up on this machine.', remedy: expect.stringContaining('npm run setup:tensorflow') } })
  })

  it('ends with one sentence and a remedy without a compiler, before anything is downloaded', async () => {
    const { code, output } = await setup(['--cpu', '--json'], { PATH: path('make', 'python3'), CXX: '' })
    expect(code).toBe(1)
    expect(JSON.parse(output).error).toMatchObject({ message: expect.stringMatching(/^There is no C\+\+ compiler on this machine/), remedy: expect.stringMatching(/build-essential|xcode-select/) })
    expect(existsSync(join(folder, 'weakbench'))).toBe(false)
  })

  it('ends with one sentence and a remedy without a network', async () => {
    const host = await closedPort()
    const { code, output } = await setup(['--cpu', '--json'], { PIP_INDEX_URL: `http://${host}/simple` })
    expect(code).toBe(1)
    expect(JSON.parse(output.trim().split('\n').at(-1)).error).toMatchObject({ message: `${host} could not be reached: ECONNREFUSED.`, remedy: expect.stringContaining('network') })
  })
})

describe('the tools to compile with', () => {
  it.each([
    [[], /no C\+\+ compiler/, /build-essential/],
    [['g++'], /no make/, /build-essential/],
    [['g++', 'make'], /no Python/, /python3/],
    [['g++', 'make', 'python3'], /node-gyp was not found/, /npm/]
  ])('with only %j', async (names, why, remedy) => {
    await expect(findToolchain({ PATH: path(...names) }, 'linux')).rejects.toMatchObject({ message: expect.stringMatching(why), remedy: expect.stringMatching(remedy) })
  })

  it('include the node-gyp of the npm on the path', () => {
    const script = join(folder, 'lib', 'node_modules', 'npm', 'node_modules', 'node-gyp', 'bin', 'node-gyp.js')
    mkdirSync(join(script, '..'), { recursive: true })
    writeFileSync(script, '')
    expect(findNodeGyp({ PATH: path('npm') })).toBe(script)
    expect(findNodeGyp({ PATH: '', npm_config_node_gyp: script })).toBe(script)
  })

  it.each([
    ['gyp ERR! stack FetchError: getaddrinfo ENOTFOUND nodejs.org', /headers could not be downloaded/],
    ['gyp ERR! find Python Python is not set', /no Python/],
    ['cc1plus: error: No space left on device', /disk was full/],
    ["tfjs_backend.cc:5:1: error: 'TFE_New' was not declared in this scope", /does not fit the binding: .*TFE_New/],
    ['make: *** [x.o] Error 1', /could not be compiled/]
  ])('failing with "%s" is told', (output, why) => {
    expect(compilationFailure(output, '/log')).toMatchObject({ message: expect.stringMatching(why), remedy: expect.stringMatching(/\w/) })
  })
})

describe('the proof', () => {
  it('of a binding that does not load ends with a sentence and a remedy', async () => {
    const binding = join(folder, 'tfjs_binding.node')
    writeFileSync(binding, 'not a library')
    await expect(prove(binding)).rejects.toMatchObject({ message: expect.stringMatching(/could not be used: .*tfjs_binding\.node/), remedy: expect.stringContaining('--force') })
  })

  it.each([
    ['', { gpus: [], problem: 'No NVIDIA driver was found.' }, 'No NVIDIA driver was found.'],
    ['E0 cuda_platform.cc:52] failed call to cuInit: INTERNAL: CUDA error: UNKNOWN ERROR (303)\nmore', { gpus: [{}] }, 'TensorFlow says: failed call to cuInit: INTERNAL: CUDA error: UNKNOWN ERROR (303)'],
    ["Could not load dynamic library 'libcudnn.so.9'; dlerror", { gpus: [{}] }, 'The library libcudnn.so.9 could not be loaded.'],
    ['', { gpus: [{ name: 'NVIDIA T4', driver: '470.1' }] }, 'TensorFlow did not take NVIDIA T4 (driver 470.1) and gives no reason.']
  ])('without a GPU says why', (log, nvidia, why) => {
    expect(whyNoGpu(log, nvidia)).toBe(why)
  })
})
