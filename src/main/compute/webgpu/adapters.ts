/** Kinds of adapters, best first. */
export const adapterKinds = ['discrete', 'integrated', 'software'] as const
export type AdapterKind = (typeof adapterKinds)[number]

/** What a driver says of one adapter. */
export interface AdapterFacts {
  /** As Dawn lists it: `NVIDIA H100 PCIe`. */
  readonly name: string
  /** The interface it is reached by: `vulkan`, `metal`, `d3d12`. */
  readonly backend: string
  readonly vendor: string
  /** The driver with its version, as far as it says. */
  readonly driver: string
  /** The driver's own word that it computes on the CPU. */
  readonly isFallback: boolean
}

/** One adapter of this machine, sorted in. */
export interface Adapter extends AdapterFacts {
  readonly kind: AdapterKind
}

/** Drivers that compute on the CPU, whatever they say of themselves. */
const softwareNames = /swiftshader|llvmpipe|lavapipe|software|basic render|warp\b/i
/** Cards with memory of their own, from makers that build both kinds. */
const discreteNames = /\barc\b.*\b[ab]\d{3}|\bradeon (rx|pro|vii)\b|\binstinct\b|\bfirepro\b|\bw\d{4}\b|\bgeforce\b|\brtx\b|\bquadro\b|\btesla\b/i

/**
 * The kind of an adapter. WebGPU does not tell it (it would help to identify people on the web), so it follows from the
 * maker and the name; what is unknown counts as integrated, which only costs it its place behind a known card.
 */
export function adapterKind(facts: AdapterFacts): AdapterKind {
  const text = `${facts.name} ${facts.driver}`
  if (facts.isFallback || softwareNames.test(text)) return 'software'
  if (facts.vendor === 'nvidia' && !/tegra|orin|xavier/i.test(text)) return 'discrete'
  return discreteNames.test(text) ? 'discrete' : 'integrated'
}

/** Interfaces in the order in which one adapter reached by several of them is used. */
const backendOrder = ['metal', 'd3d12', 'vulkan', 'd3d11', 'opengl', 'opengles']

/** Adapters best first: discrete, integrated, software; within a kind by interface, then as the system lists them. */
export function sortAdapters(adapters: readonly AdapterFacts[]): Adapter[] {
  const rank = ({ kind, backend }: Adapter): number => adapterKinds.indexOf(kind) * 100 + (backendOrder.indexOf(backend) + 100) % 100
  return adapters.map((facts) => ({ ...facts, kind: adapterKind(facts) })).sort((a, b) => rank(a) - rank(b))
}

/** One line: `NVIDIA RTX A2000 (discrete GPU, vulkan, 550.54)`. */
export function describeAdapter({ name, kind, backend, driver }: Adapter): string {
  const what = kind === 'software' ? 'software, slow' : `${kind} GPU`
  return `${name} (${[what, backend, driver].filter(Boolean).join(', ')})`
}

/** Reads the adapters out of Dawn's refusal of one that does not exist, the only place where it lists them. */
export function parseAdapterList(refusal: string): { readonly backend: string; readonly name: string }[] {
  return Array.from(refusal.matchAll(/^\s*\* backend: '([^']*)', name: '(.*)'$/gm), ([, backend = '', name = '']) => ({ backend, name }))
}
