import { describe, expect, it } from 'vitest'
import { engineIds, type EngineId, type EngineInfo } from '../domain/engine.ts'
import { engineAtFault, nameOnEngine, nextEngine } from './engine-failure.ts'
import type { ErrorCode } from './errors.ts'

const engine = (id: EngineId, usable = true): EngineInfo => ({
  id, name: id, available: usable, automatic: usable && id !== 'cpu', isDefault: id === 'wasm', device: '', version: '', reason: null, remedy: null, measurement: null
})
const all = engineIds.map((id) => engine(id))

describe('a failure is laid to the engine', () => {
  const fault = (code: ErrorCode, on?: EngineId) => engineAtFault({ code, message: 'It failed.', ...(on === undefined ? {} : { engine: on }) })
  it.each(['engine-unavailable', 'device-lost', 'out-of-memory', 'worker-died'] as const)('by %s, on a GPU', (code) => {
    expect([fault(code, 'webgpu'), fault(code, 'tensorflow')]).toEqual(['webgpu', 'tensorflow'])
    expect(fault(code)).toBeNull()
  })
  it('by a lack of memory on WebAssembly, but not by a worker that died there', () => {
    expect([fault('out-of-memory', 'wasm'), fault('worker-died', 'wasm'), fault('worker-died', 'cpu')]).toEqual(['wasm', null, null])
  })
  it.each(['bad-data', 'bench-full', 'internal', 'conflict'] as const)('but not by %s', (code) => {
    expect(fault(code, 'webgpu')).toBeNull()
  })
})

describe('the next engine', () => {
  it.each([
    ['tensorflow', all, 'webgpu'],
    ['webgpu', all, 'tensorflow'],
    ['wasm', all, 'tensorflow'],
    ['webgpu', [engine('tensorflow', false), engine('webgpu'), engine('wasm'), engine('cpu')], 'wasm'],
    ['tensorflow', [engine('tensorflow'), { ...engine('webgpu'), automatic: false }, engine('wasm')], 'wasm'],
    ['wasm', [engine('tensorflow', false), engine('webgpu', false), engine('wasm'), engine('cpu')], undefined],
    ['webgpu', [], undefined]
  ] as const)('after %s is the best other one that may be chosen by itself (%#)', (failed, engines, next) => {
    expect(nextEngine(engines, failed)?.id).toBe(next)
  })
})

it('after one failed is the fastest where all others have been measured, whatever their order', () => {
  const timed = (id: EngineId, millisecondsPerStep: number | null): EngineInfo => ({ ...engine(id), measurement: { model: '', millisecondsPerStep, failure: null, measuredAt: 0 } })
  expect(nextEngine([timed('tensorflow', 6), engine('webgpu'), timed('wasm', 0.6)], 'webgpu')?.id).toBe('wasm')
  expect(nextEngine([timed('tensorflow', 0.1), timed('webgpu', 0.2), timed('wasm', 0.6)], 'wasm')?.id).toBe('tensorflow')
  expect(nextEngine([timed('tensorflow', null), timed('wasm', 0.6)], 'webgpu')?.id).toBe('tensorflow')
  expect(nextEngine([engine('tensorflow'), timed('wasm', 0.6)], 'webgpu')?.id).toBe('tensorflow')
})

describe('the name of an experiment on another engine', () => {
  it('says the engine once', () => {
    expect(nameOnEngine('Parity', 'wasm')).toBe('Parity on wasm')
    expect(nameOnEngine('Parity on webgpu', 'wasm')).toBe('Parity on wasm')
    expect(nameOnEngine('Notes on cpu time', 'webgpu')).toBe('Notes on cpu time on webgpu')
  })
  it('fits the contract', () => {
    expect(nameOnEngine('x'.repeat(200), 'tensorflow')).toHaveLength(200)
  })
})
