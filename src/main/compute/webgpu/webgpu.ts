import * as tf from '@tensorflow/tfjs-core'
import { BenchError } from '../../../shared/contract/errors.ts'
import { registerKernels } from '../kernels/register.ts'
import { type Adapter, describeAdapter, sortAdapters } from './adapters.ts'
import { createBackend } from './backend.ts'
import { adapterNamed, type Dawn, dawnVersion, listAdapters, loadDawn, settle } from './dawn.ts'
import { webgpuKernels } from './kernels.ts'
import { memoryBudget } from './memory-budget.ts'

/** What WebGPU runs on here, or why it cannot run. */
export interface WebgpuProbe {
  readonly available: boolean
  /** Whether `auto` may choose it: it has a GPU, not only a driver that computes on the CPU. */
  readonly automatic: boolean
  /** Such as `NVIDIA H100 PCIe (discrete GPU, vulkan, 550.54)`. */
  readonly device: string
  readonly version: string
  /** Why it is not available, one sentence, or null. */
  readonly reason: string | null
  /** What to do about that, one sentence, or null. */
  readonly remedy: string | null
}

const otherEngine = 'Use the WebAssembly engine, which needs no GPU.'

/** The probe of a machine on which it cannot run. */
export function noWebgpu(reason: string, remedy: string): WebgpuProbe {
  return { available: false, automatic: false, device: 'GPU', version: '', reason, remedy: `${remedy} ${otherEngine}` }
}

/** What is known without loading anything: null, or why there is nothing to load. */
export function missingWebgpu(): WebgpuProbe | null {
  if (dawnVersion() !== null) return null
  return noWebgpu('The package webgpu is not installed.', 'Run: npm install.')
}

/**
 * Looks for adapters, starts the best one and computes on it. Loads the drivers of this machine's GPUs, which may crash or
 * hang this process: only for a process that may be lost. Never throws.
 */
export async function probeWebgpu(): Promise<WebgpuProbe> {
  const missing = missingWebgpu()
  if (missing) return missing
  try {
    const started = await startWebgpu()
    return { available: true, automatic: started.adapter.kind !== 'software', device: started.device, version: started.version, reason: null, remedy: null }
  } catch (error) {
    if (error instanceof BenchError) return noWebgpu(error.message, error.payload.hint ?? '')
    return noWebgpu(`WebGPU does not start: ${String(error)}`, 'Update the driver of the GPU.')
  }
}

/** WebGPU as it runs in this process. */
export interface StartedWebgpu {
  readonly adapter: Adapter
  readonly device: string
  readonly version: string
}

let started: Promise<StartedWebgpu> | undefined

/**
 * Starts WebGPU on the best adapter of this machine and registers the tfjs backend `webgpu`; select it with
 * `tf.setBackend`. A driver that computes on the CPU is used where there is no GPU. Calling it again does nothing.
 *
 * @throws BenchError `engine-unavailable` when there is no adapter, or none that computes
 */
export function startWebgpu(): Promise<StartedWebgpu> {
  started ??= start()
  return started
}

async function start(): Promise<StartedWebgpu> {
  const dawn = await loadDawn().catch((cause: unknown) => {
    throw unavailable(`WebGPU does not load on ${process.platform} ${process.arch}: ${firstLine(cause)}`, 'Install the driver of the GPU and the Vulkan loader (libvulkan1), then start again.', cause)
  })
  const adapters = sortAdapters(await listAdapters(dawn))
  const [best] = adapters
  if (best === undefined) throw unavailable('No GPU with a driver for WebGPU (Vulkan, Metal or Direct3D 12) was found.', 'Install the driver of the GPU and, on Linux, the Vulkan loader (libvulkan1).')
  const version = `tfjs ${tf.version_core}, Dawn ${dawnVersion() ?? ''}`
  await startOn(dawn, best)
  return { adapter: best, device: describeAdapter(best), version }
}

async function startOn(dawn: Dawn, adapter: Adapter): Promise<void> {
  const found = await adapterNamed(dawn, adapter)
  if (found === null) throw unavailable(`The GPU ${adapter.name} is not there any more.`, 'Check its driver.')
  const device = await found.requestDevice(requirementsOf(found)).catch((cause: unknown) => {
    throw unavailable(`The GPU ${adapter.name} does not start: ${firstLine(cause)}`, 'Update its driver.', cause)
  })
  const backend = createBackend({ device, info: found.info, budget: memoryBudget(adapter.kind) })
  registerKernels(webgpuKernels())
  tf.registerBackend('webgpu', () => backend)
  await settle(device)
  proveReading(backend, adapter)
}

/** The largest limits that the adapter claims, as the package asks for them; without them a tensor is limited to 128 MiB. */
function requirementsOf({ limits }: GPUAdapter): GPUDeviceDescriptor {
  const { maxStorageBuffersPerShaderStage, maxComputeWorkgroupStorageSize, maxComputeWorkgroupsPerDimension, maxStorageBufferBindingSize, maxBufferSize, maxComputeWorkgroupSizeX, maxComputeInvocationsPerWorkgroup } = limits
  return {
    requiredLimits: { maxStorageBuffersPerShaderStage, maxComputeWorkgroupStorageSize, maxComputeWorkgroupsPerDimension, maxStorageBufferBindingSize, maxBufferSize, maxComputeWorkgroupSizeX, maxComputeInvocationsPerWorkgroup }
  }
}

/** Writes a few numbers to the device and reads them back: some runtimes do not let native modules share memory, and some drivers lie. */
function proveReading(backend: ReturnType<typeof createBackend>, adapter: Adapter): void {
  const wanted = [1, -2, 3, 0.5]
  const info = backend.makeTensorInfo([wanted.length], 'float32', Float32Array.from(wanted))
  let read: string
  try {
    backend.uploadToGPU(info.dataId)
    read = Array.from(backend.readSync(info.dataId) as Float32Array).join()
  } catch (cause) {
    throw unavailable(`What ${adapter.name} computes cannot be read in this process: ${firstLine(cause)}`, 'Try the browser version (npm start -- --browser), or update the driver.', cause)
  }
  backend.disposeData(info.dataId)
  if (read !== wanted.join()) throw unavailable(`${adapter.name} gives back other numbers than it was given.`, 'Update its driver.')
}

const firstLine = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause)).split('\n', 1)[0] ?? ''

function unavailable(reason: string, remedy: string, cause?: unknown): BenchError {
  return new BenchError('engine-unavailable', reason, { field: 'engine', hint: remedy }, cause)
}
