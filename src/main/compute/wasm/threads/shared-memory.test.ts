import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { plainModule } from '../plain-module.ts'
import { withSharedMemory } from './shared-memory.ts'

const backend = readFileSync(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm'))
const own = Buffer.from(plainModule, 'base64')

const differences = (a: Uint8Array, b: Uint8Array): number => a.reduce((count, byte, i) => count + Number(byte !== b[i]), Math.abs(a.length - b.length))

describe('modules with shared memory', () => {
  it.each([['the backend', backend], ['the own kernels', own]])('%s differ in one byte and are valid', (_name, module) => {
    const patched = withSharedMemory(module)
    expect(differences(module, patched)).toBe(1)
    expect(WebAssembly.validate(patched)).toBe(true)
  })

  it('the own kernels take shared memory, and as they are only memory that is not', () => {
    const [memory, sharedMemory] = [false, true].map((shared) => new WebAssembly.Memory({ initial: 1, maximum: 65_536, shared })) as [WebAssembly.Memory, WebAssembly.Memory]
    const open = (module: Uint8Array, given: WebAssembly.Memory) => () =>
      new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(module)), { env: { memory: given, logarithm: Math.log } })
    expect(open(own, memory)).not.toThrow()
    expect(open(withSharedMemory(own), sharedMemory)).not.toThrow()
    expect(open(own, sharedMemory)).toThrow(WebAssembly.LinkError)
    expect(open(withSharedMemory(own), memory)).toThrow(WebAssembly.LinkError)
  })

  it('refuse a module without a maximum, or without memory', () => {
    const header = [0, 97, 115, 109, 1, 0, 0, 0]
    expect(() => withSharedMemory(Uint8Array.from(header))).toThrow(/no memory with a maximum/)
    expect(() => withSharedMemory(Uint8Array.from([...header, 5, 3, 1, 0, 1]))).toThrow(/no memory with a maximum/)
    expect(withSharedMemory(Uint8Array.from([...header, 5, 4, 1, 1, 1, 2]))).toEqual(Uint8Array.from([...header, 5, 4, 1, 3, 1, 2]))
  })
})
