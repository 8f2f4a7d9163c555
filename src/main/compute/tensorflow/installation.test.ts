import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { prepareEnvironment } from './environment.ts'
import { findInstallation, tensorflowFolder } from './installation.ts'
import type { Installation } from './installation.ts'
import { probeTensorflow, startTensorflow } from './tensorflow.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'weakbench-tensorflow-'))
})
afterEach(() => {
  rmSync(root, { recursive: true, force: true })
})

const whole: Installation = {
  format: 1,
  tensorflow: '2.21.0',
  build: 'cpu',
  bindingSources: '4.22.0',
  platform: process.platform,
  arch: process.arch,
  binding: 'build/tfjs_binding.node',
  libraries: [{ path: 'deps/lib/libtensorflow_cc.so.2', bytes: 3 }],
  cuda: {},
  device: 'CPU, 2 threads',
  noGpu: 'This is the build for the CPU.'
}

function put(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
}

function install(description: object = whole): void {
  put('current.json', JSON.stringify({ folder: '2.21.0-cpu' }))
  put('2.21.0-cpu/setup.json', JSON.stringify(description))
  put('2.21.0-cpu/build/tfjs_binding.node', 'binding')
  put('2.21.0-cpu/deps/lib/libtensorflow_cc.so.2', 'lib')
}

describe('the installation of TensorFlow', () => {
  it('is found where it is whole', async () => {
    install()
    expect(findInstallation('4.22.0', root)).toEqual({ ...whole, folder: join(root, '2.21.0-cpu') })
    expect(await probeTensorflow(root)).toEqual({ available: true, device: 'CPU, 2 threads', version: '2.21.0', reason: null, remedy: null })
  })

  it('is missing before the setup, with a remedy', async () => {
    const probe = await probeTensorflow(root)
    expect(probe).toMatchObject({ available: false, version: '', reason: 'TensorFlow is not set up on this machine.' })
    expect(probe.remedy).toContain('npm run setup:tensorflow')
  })

  it.each<[string, () => void, RegExp]>([
    ['another platform', () => install({ ...whole, platform: 'plan9' }), /made for plan9/],
    ['another binding', () => install({ ...whole, bindingSources: '4.21.0' }), /version 4\.21\.0, and this Weakbench needs 4\.22\.0/],
    ['another format', () => install({ ...whole, format: 2 }), /another version of Weakbench/],
    ['a truncated library', () => (install(), put('2.21.0-cpu/deps/lib/libtensorflow_cc.so.2', 'li')), /libtensorflow_cc\.so\.2 is missing or damaged/],
    ['no binding', () => (install(), rmSync(join(root, '2.21.0-cpu/build/tfjs_binding.node'))), /tfjs_binding\.node is missing/],
    ['a damaged description', () => (install(), put('2.21.0-cpu/setup.json', '{"format"')), /description is missing/]
  ])('is refused with %s, with a remedy', (_name, prepare, why) => {
    prepare()
    const found = findInstallation('4.22.0', root)
    expect('reason' in found ? found.reason : '').toMatch(why)
    expect(found).toMatchObject({ remedy: 'Run: npm run setup:tensorflow' })
  })

  it('whose library does not load is one sentence with a remedy', async () => {
    // Whole by its description: only the loader finds out.
    install()
    const refused = await startTensorflow(root).then(() => null, (error: unknown) => error)
    expect(refused).toMatchObject({
      payload: { code: 'engine-unavailable', message: expect.stringMatching(/^TensorFlow's library does not load on this machine: .+/) as string, hint: 'Run: npm run setup:tensorflow -- --force' }
    })
  })

  it('lies in the cache folder of each system', () => {
    expect(tensorflowFolder({}, 'linux', '/home/a')).toBe(join('/home/a', '.cache', 'weakbench', 'tensorflow'))
    expect(tensorflowFolder({ XDG_CACHE_HOME: '/c' }, 'linux', '/home/a')).toBe(join('/c', 'weakbench', 'tensorflow'))
    expect(tensorflowFolder({}, 'darwin', '/Users/a')).toBe(join('/Users/a', 'Library', 'Caches', 'weakbench', 'tensorflow'))
    expect(tensorflowFolder({ LOCALAPPDATA: '/l' }, 'win32', '/Users/a')).toBe(join('/l', 'weakbench', 'tensorflow'))
  })
})

it('leaves settings that the person made', () => {
  const env: NodeJS.ProcessEnv = { NVIDIA_TF32_OVERRIDE: '1' }
  prepareEnvironment(env)
  expect(env).toMatchObject({ NVIDIA_TF32_OVERRIDE: '1', TF_DETERMINISTIC_OPS: '1', TF_CPP_MIN_LOG_LEVEL: '3' })
})
