import { describe, expect, it } from 'vitest'
import { type AdapterFacts, adapterKind, describeAdapter, parseAdapterList, sortAdapters } from './adapters.ts'
import { memoryBudget } from './memory-budget.ts'

const facts = (name: string, vendor = '', more: Partial<AdapterFacts> = {}): AdapterFacts => ({ name, backend: 'vulkan', vendor, driver: '', isFallback: false, ...more })

describe('adapters', () => {
  it.each([
    ['NVIDIA H100 PCIe', 'nvidia', 'discrete'],
    ['NVIDIA Tegra Orin (nvgpu)', 'nvidia', 'integrated'],
    ['AMD Radeon RX 7900 XTX (RADV NAVI31)', 'amd', 'discrete'],
    ['AMD Radeon Graphics (RADV RENOIR)', 'amd', 'integrated'],
    ['Intel(R) Arc(tm) A770 Graphics (DG2)', 'intel', 'discrete'],
    ['Intel(R) UHD Graphics 620 (KBL GT2)', 'intel', 'integrated'],
    ['Apple M1 Max', 'apple', 'integrated'],
    ['llvmpipe (LLVM 19.1.7, 256 bits)', 'mesa', 'software'],
    ['SwiftShader Device (Subzero)', 'google', 'software'],
    ['Microsoft Basic Render Driver', 'microsoft', 'software']
  ])('are sorted in by name and maker: %s (%s) is %s', (name, vendor, kind) => {
    expect(adapterKind(facts(name, vendor))).toBe(kind)
  })

  it('believes a driver that says it computes on the CPU', () => {
    expect(adapterKind(facts('NVIDIA emulated', 'nvidia', { isFallback: true }))).toBe('software')
  })

  it('come discrete first, software last, and by the better interface', () => {
    const listed = [facts('llvmpipe'), facts('Intel(R) UHD Graphics', 'intel'), facts('NVIDIA RTX', 'nvidia', { backend: 'opengl' }), facts('NVIDIA RTX', 'nvidia')]
    expect(sortAdapters(listed).map(({ name, backend }) => `${name} ${backend}`)).toEqual(['NVIDIA RTX vulkan', 'NVIDIA RTX opengl', 'Intel(R) UHD Graphics vulkan', 'llvmpipe vulkan'])
    expect(sortAdapters([])).toEqual([])
  })

  it('are described in a line', () => {
    const [card, software] = sortAdapters([facts('NVIDIA RTX', 'nvidia', { driver: '550.54' }), facts('llvmpipe')]).map(describeAdapter)
    expect(card).toBe('NVIDIA RTX (discrete GPU, vulkan, 550.54)')
    expect(software).toBe('llvmpipe (software, slow, vulkan)')
  })

  it('are read out of a refusal, whatever their names hold', () => {
    const refusal = "no suitable backends found\nAvailable adapters:\n * backend: 'vulkan', name: 'It's (one)'\n * backend: 'opengl', name: 'B'"
    expect(parseAdapterList(refusal)).toEqual([{ backend: 'vulkan', name: "It's (one)" }, { backend: 'opengl', name: 'B' }])
    expect(parseAdapterList('no suitable backends found')).toEqual([])
  })
})

describe('the memory budget', () => {
  const machine = { machineBytes: 16e9, cardBytes: 8e9, allowedBytes: null }
  it('is three quarters of a card, half of a shared memory, or what the person allows', () => {
    expect(memoryBudget('discrete', machine)).toBe(6e9)
    expect(memoryBudget('integrated', machine)).toBe(8e9)
    expect(memoryBudget('software', machine)).toBe(8e9)
    expect(memoryBudget('discrete', { ...machine, cardBytes: null })).toBe(3 * 2 ** 30)
    expect(memoryBudget('discrete', { ...machine, allowedBytes: 1e6 })).toBe(1e6)
  })
})
