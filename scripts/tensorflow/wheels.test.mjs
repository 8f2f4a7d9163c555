import { describe, expect, it } from 'vitest'
import { findNvidia, packageFor } from './host.mjs'
import { compare, requirementsOf, satisfies } from './versions.mjs'
import { chooseWheel, parseWheelName, runsOn } from './wheels.mjs'

const linux = { platform: 'linux', arch: 'x64', libc: '2.36' }
const wheel = (filename, more = {}) => ({ filename, url: `https://index.test/${filename}`, sha256: 'a', size: 1, yanked: false, ...more })

describe('wheels', () => {
  it.each([
    ['manylinux_2_27_x86_64', linux, true],
    ['manylinux_2_37_x86_64', linux, false],
    ['manylinux_2_27_aarch64', linux, false],
    ['manylinux2014_x86_64', linux, true],
    ['manylinux2014_x86_64', { ...linux, libc: '2.12' }, false],
    ['manylinux_2_27_x86_64', { ...linux, libc: undefined }, false],
    ['musllinux_1_2_x86_64', linux, false],
    ['linux_x86_64', linux, false],
    ['manylinux_2_27_aarch64', { ...linux, arch: 'arm64' }, true],
    ['macosx_12_0_arm64', { platform: 'darwin', arch: 'arm64', libc: '14.0' }, true],
    ['macosx_12_0_arm64', { platform: 'darwin', arch: 'arm64', libc: '11.0' }, false],
    ['macosx_10_15_x86_64', { platform: 'darwin', arch: 'arm64', libc: '14.0' }, false],
    ['win_amd64', { platform: 'win32', arch: 'x64' }, true],
    ['manylinux_2_27_x86_64', { platform: 'freebsd', arch: 'x64', libc: '2.36' }, false]
  ])('%s on %o: %s', (tag, host, fits) => {
    expect(runsOn(tag, host)).toBe(fits)
  })

  it('of the newest final version that fits, whatever Python, are chosen', () => {
    const files = [
      wheel('tensorflow_cpu-2.9.3-cp39-cp39-manylinux_2_17_x86_64.manylinux2014_x86_64.whl'),
      wheel('tensorflow_cpu-2.21.0-cp39-cp39-manylinux_2_27_x86_64.whl'),
      wheel('tensorflow_cpu-2.21.0-cp313-cp313-manylinux_2_27_x86_64.whl'),
      wheel('tensorflow_cpu-2.21.0-cp314-cp314-win_amd64.whl'),
      wheel('tensorflow_cpu-2.22.0rc1-cp313-cp313-manylinux_2_27_x86_64.whl'),
      wheel('tensorflow_cpu-2.21.1-cp313-cp313-manylinux_2_27_x86_64.whl', { yanked: true }),
      wheel('tensorflow_cpu-2.30.0-cp313-cp313-manylinux_2_40_x86_64.whl'),
      wheel('tensorflow_cpu-2.25.0.tar.gz')
    ]
    expect(chooseWheel(files, linux)).toMatchObject({ version: '2.21.0', filename: files[2].filename })
    expect(chooseWheel(files, linux, '<=2.20')).toMatchObject({ version: '2.9.3' })
    expect(chooseWheel(files, linux, '==2.22.0')).toBeUndefined()
    expect(chooseWheel(files, { ...linux, arch: 'arm64' })).toBeUndefined()
  })

  it('have names that are read from the right, for a build number', () => {
    expect(parseWheelName('a-1.0-2-py3-none-any.whl')).toEqual({ version: '1.0', python: 'py3', platforms: ['any'] })
    expect(parseWheelName('a-1.0.zip')).toBeUndefined()
  })
})

describe('versions', () => {
  it('are ordered by number and checked against specifiers', () => {
    expect(['2.10.0', '2.9', '2.9.0.1'].sort(compare)).toEqual(['2.9', '2.9.0.1', '2.10.0'])
    expect(compare('2.9', '2.9.0')).toBe(0)
    expect(satisfies('12.9.86', '<13.0,>=12.5.82')).toBe(true)
    expect(satisfies('13.0', '<13.0,>=12.5.82')).toBe(false)
    expect(satisfies('12.5.81', '<13.0,>=12.5.82')).toBe(false)
    expect(satisfies('13.0rc1', '')).toBe(false)
    expect(() => satisfies('1.0', '~=1.0')).toThrow('not understood')
  })

  it('of requirements come from the lines of one extra only', () => {
    const metadata = 'Requires-Dist: numpy>=1.26.0\nRequires-Dist: nvidia-cudnn-cu12<10.0,>=9.3.0.75; extra == "and-cuda"\nRequires-Dist: x (>1); extra == \'other\'\r\n'
    expect(requirementsOf(metadata, 'and-cuda')).toEqual([{ name: 'nvidia-cudnn-cu12', specifier: '<10.0,>=9.3.0.75' }])
    expect(requirementsOf(metadata, 'other')).toEqual([{ name: 'x', specifier: '>1' }])
  })
})

describe('platforms', () => {
  it.each([
    [linux, 'cpu', 'tensorflow-cpu'],
    [linux, 'cuda', 'tensorflow'],
    [{ ...linux, arch: 'arm64' }, 'cpu', 'tensorflow'],
    [{ platform: 'darwin', arch: 'arm64', libc: '14.0' }, 'cpu', 'tensorflow']
  ])('%o with %s takes %s', (host, build, name) => {
    expect(packageFor(host, build)).toBe(name)
  })

  it.each([
    [{ platform: 'win32', arch: 'x64' }, 'cpu', /Windows/],
    [{ platform: 'freebsd', arch: 'x64' }, 'cpu', /no official TensorFlow for freebsd/],
    [{ ...linux, arch: 'riscv64' }, 'cpu', /riscv64/],
    [{ ...linux, libc: undefined }, 'cpu', /musl/],
    [{ platform: 'darwin', arch: 'arm64', libc: '14.0' }, 'cuda', /no CUDA build/]
  ])('%o with %s is refused with a remedy', (host, build, why) => {
    expect(() => packageFor(host, build)).toThrow(expect.objectContaining({ message: expect.stringMatching(why), remedy: expect.stringMatching(/\w/) }))
  })

  it.each([
    [{ code: 0, output: 'NVIDIA H100, 550.54.15, 9.0\n' }, { gpus: [{ name: 'NVIDIA H100', driver: '550.54.15', capability: '9.0' }], problem: null }],
    [{ code: 127, output: 'spawn ENOENT' }, { gpus: [], problem: expect.stringContaining('No NVIDIA driver') }],
    [{ code: 9, output: 'Failed to initialize NVML: Driver/library version mismatch\n' }, { gpus: [], problem: expect.stringContaining('version mismatch') }],
    [{ code: 0, output: '\n' }, { gpus: [], problem: expect.stringContaining('lists no GPU') }]
  ])('NVIDIA\'s tool saying %j means %j', async (said, found) => {
    expect(await findNvidia(async () => said)).toEqual(found)
  })
})
