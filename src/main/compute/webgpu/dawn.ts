import { createRequire } from 'node:module'
import { setImmediate as immediate } from 'node:timers/promises'
import { type AdapterFacts, parseAdapterList } from './adapters.ts'

/** Dawn, WebGPU's implementation in a native module; only worker processes load it. */
export interface Dawn {
  /** `options` such as `backend=vulkan`. */
  create(options: string[]): GPU
  readonly globals: object
}

const packageName = 'webgpu'
const load = createRequire(import.meta.url)

/** The installed version of the package, or null where it is not installed. Does not load it. */
export function dawnVersion(): string | null {
  try {
    return (load(`${packageName}/package.json`) as { version: string }).version
  } catch {
    return null
  }
}

/**
 * Loads Dawn and makes WebGPU's names (`GPUBuffer`, `GPUBufferUsage`, ...) global, as tfjs expects them.
 *
 * @throws whatever the loader of native modules says where the package has no build for this platform
 */
export async function loadDawn(): Promise<Dawn> {
  const dawn = (await import(packageName)) as Dawn
  Object.assign(globalThis, dawn.globals)
  return dawn
}

/** Every adapter of this machine, in the system's order, each with what its driver says. One that does not answer is left out. */
export async function listAdapters(dawn: Dawn): Promise<AdapterFacts[]> {
  const found: AdapterFacts[] = []
  for (const { backend, name } of parseAdapterList(await refusal(dawn))) {
    const adapter = await adapterNamed(dawn, { backend, name }).catch(() => null)
    if (adapter) found.push(factsOf(adapter, backend, name))
  }
  return found
}

/** What devices were made of. Dawn frees it with its JavaScript object, under the device that still needs it. */
const kept: unknown[] = []

/** The adapter of a name, or null where there is none. */
export async function adapterNamed(dawn: Dawn, { backend, name }: Pick<AdapterFacts, 'backend' | 'name'>): Promise<GPUAdapter | null> {
  const gpu = dawn.create([`backend=${backend}`, `adapter=${name}`])
  const adapter = await gpu.requestAdapter({})
  kept.push(gpu, adapter)
  return adapter
}

/** What Dawn says when asked for an adapter that no machine has: the list of those it has. */
async function refusal(dawn: Dawn): Promise<string> {
  try {
    await dawn.create(['adapter=no adapter has this name']).requestAdapter({})
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function factsOf(adapter: GPUAdapter, backend: string, name: string): AdapterFacts {
  const { vendor, description, isFallbackAdapter } = adapter.info
  return { name, backend, vendor, driver: description, isFallback: isFallbackAdapter }
}

/** How long a buffer may take to come from the device, in milliseconds: far beyond any step, yet less than for ever. */
const longestWait = 120_000
/** How often Dawn is asked without a pause; most reads come within. */
const eagerRounds = 100

const pause = new Int32Array(new SharedArrayBuffer(4))

/**
 * Maps a buffer for reading and returns when it is mapped: WebGPU only has an asynchronous way, and training code reads losses and
 * hardens predictions in the middle of a step. Dawn looks after its own events in callbacks that it hands to `setImmediate`;
 * the one of this mapping is called here until the mapping is done. No other WebGPU operation may be under way (see
 * {@link settle}), which the backend sees to by reading in no other way.
 *
 * @throws Error when the device is gone or does not answer
 */
export function mapForReading(buffer: GPUBuffer): void {
  const rounds = collectRounds(() => void map(buffer))
  const end = performance.now() + longestWait
  for (let count = 0; buffer.mapState === 'pending'; count++) {
    const round = rounds.shift()
    if (round === undefined) throw new Error('Dawn handed out no callback to wait with.')
    rounds.push(...collectRounds(round))
    if (buffer.mapState !== 'pending' || count < eagerRounds) continue
    if (performance.now() > end) throw new Error(`The GPU did not answer within ${longestWait / 1000} s.`)
    Atomics.wait(pause, 0, 0, 0.1)
  }
  for (const round of rounds) setImmediate(round)
  if (buffer.mapState !== 'mapped') throw new Error('The buffer could not be read from the GPU.')
}

/** Waits until Dawn has nothing under way, such as what starting a device leaves behind, so that {@link mapForReading} gets its callback. */
export async function settle(device: GPUDevice): Promise<void> {
  for (let settled = false; !settled; ) {
    const buffer = device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST })
    let mapped: Promise<void> | undefined
    const rounds = collectRounds(() => (mapped = map(buffer)))
    settled = rounds.length > 0
    for (const round of rounds) setImmediate(round)
    await mapped
    await immediate()
    buffer.destroy()
  }
}

/** A refused mapping is told by the buffer's state; the promise only repeats it. */
const map = (buffer: GPUBuffer): Promise<void> => buffer.mapAsync(GPUMapMode.READ).catch(() => undefined)

/** Does some work and returns the callbacks that it wanted to be called later, which are not called. */
function collectRounds(work: () => unknown): (() => void)[] {
  const rounds: (() => void)[] = []
  const later = globalThis.setImmediate
  globalThis.setImmediate = ((round: () => void) => void rounds.push(round)) as unknown as typeof setImmediate
  try {
    work()
  } finally {
    globalThis.setImmediate = later
  }
  return rounds
}
