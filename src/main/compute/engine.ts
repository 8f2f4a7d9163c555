import * as tf from '@tensorflow/tfjs-core'
import { version_cpu } from '@tensorflow/tfjs-backend-cpu'
import { version_wasm } from '@tensorflow/tfjs-backend-wasm'
import { BenchError } from '../../shared/contract/errors.ts'
import { engineIds } from '../../shared/domain/engine.ts'
import type { EngineId, EngineInfo } from '../../shared/domain/engine.ts'
import { registerGradients } from './gradients/register.ts'
import { adamUpdateKernels } from './kernels/adam-update.ts'
import { descentUpdateKernel } from './kernels/descent-update.ts'
import { einsumKernels } from './kernels/einsum.ts'
import { momentumUpdateKernels } from './kernels/momentum-update.ts'
import { registerKernels } from './kernels/register.ts'
import { quietly } from './quiet.ts'
import { fusesMultiplyAdd, hasWasmSimd } from './simd.ts'
import { probeTensorflow, startTensorflow } from './tensorflow/tensorflow.ts'
import type { TensorflowProbe } from './tensorflow/tensorflow.ts'
import { missingWebgpu, noWebgpu, probeWebgpu, startWebgpu } from './webgpu/webgpu.ts'
import type { WebgpuProbe } from './webgpu/webgpu.ts'
import { type Allocator, refuseBeyondMemory } from './wasm/allocator.ts'
import { wasmKernels } from './wasm/kernels.ts'
import { useRelaxedSimd } from './wasm/own-kernels.ts'
import { shareBackendMemory } from './wasm/threads/backend-memory.ts'

/** An engine that has been started: every tfjs call from now on runs on it. */
export interface Engine {
  readonly id: EngineId
  readonly name: string
  readonly device: string
  readonly version: string
  /** One line for logs and run records, such as `WebAssembly 4.22.0 (CPU, SIMD)`. */
  describe(): string
}

/** What the machine can do, injectable so that a test can take it away. */
export interface EngineProbe {
  hasSimd(): boolean
  /** Whether relaxed SIMD fuses multiplication and addition; not if left out. */
  fusesMultiplyAdd?(): boolean
  /** Whether TensorFlow is set up; this machine's own installation if left out. */
  tensorflow?(): Promise<TensorflowProbe>
  /** What a process of its own found of WebGPU; looking for it loads drivers, which is not done here. */
  webgpu?(): Promise<WebgpuProbe>
}

/** Kernels that the engines lack or are slow at, or that save a training step most of its calls. */
const ownKernels = [...adamUpdateKernels, ...momentumUpdateKernels, descentUpdateKernel, ...einsumKernels, ...wasmKernels]

const machine: EngineProbe = { hasSimd: hasWasmSimd, fusesMultiplyAdd }

/** The engine used when nothing else is asked for. */
export const defaultEngine: EngineId = 'wasm'

/** Every engine the bench knows with what it runs on here, or why it cannot and what to do about that. */
export async function listEngines(probe: EngineProbe = machine): Promise<EngineInfo[]> {
  return Promise.all(engineIds.map((id) => infoOf(id, probe)))
}

async function infoOf(id: EngineId, probe: EngineProbe): Promise<EngineInfo> {
  switch (id) {
    case 'tensorflow': {
      const found = await (probe.tensorflow ?? probeTensorflow)()
      return { id, name: 'TensorFlow', isDefault: false, automatic: found.available, measurement: null, ...found }
    }
    case 'webgpu':
      return { id, name: 'WebGPU', isDefault: false, measurement: null, ...(await (probe.webgpu ?? notLookedFor)()) }
    case 'wasm':
      return available(id, 'WebAssembly', wasmDevice(probe), version_wasm)
    case 'cpu':
      return available(id, 'Plain JavaScript', 'CPU, 1 thread, reference for tests', version_cpu)
  }
}

const notLookedFor = (): Promise<WebgpuProbe> => Promise.resolve(missingWebgpu() ?? noWebgpu('GPUs have not been looked for in this process.', 'Ask for the engines again.'))

/**
 * Starts an engine and makes it the one all tfjs operations of this process run on.
 * Calling it again with another choice switches; tensors made before stay readable. `webgpu` loads the drivers of this
 * machine's GPUs, which may crash: only for a process that may be lost.
 *
 * @param choice an engine, or `auto` for the one that runs everywhere
 * @throws BenchError `engine-unavailable` when the engine cannot run here
 */
export async function useEngine(choice: 'auto' | EngineId, probe: EngineProbe = machine): Promise<Engine> {
  const id = choice === 'auto' ? defaultEngine : choice
  const info = await infoOf(id, id === 'webgpu' && probe.webgpu === undefined ? { ...probe, webgpu: probeWebgpu } : probe)
  if (!info.available) {
    throw new BenchError('engine-unavailable', info.reason ?? `The engine ${info.name} cannot run here.`, {
      field: 'engine',
      hint: info.remedy ?? 'Choose wasm.'
    })
  }
  await start(id, probe)
  return {
    id,
    name: info.name,
    device: info.device,
    version: info.version,
    describe: () => `${info.name} ${info.version} (${info.device})`
  }
}

/** What has to be done once before the WebAssembly backend starts; then what has to be done after. */
let wasmPrepared: Promise<() => void> | undefined
let wasmStarted = false

async function start(id: EngineId, probe: EngineProbe): Promise<void> {
  // Production mode silences the hints and warnings that tfjs prints, and its per-operation checks.
  tf.env().set('PROD', true)
  registerGradients()
  registerKernels(ownKernels)
  const tidyUp = id === 'wasm' ? await (wasmPrepared ??= prepareWasm(probe)) : undefined
  if (id === 'tensorflow') await startTensorflow()
  if (id === 'webgpu') await startWebgpu()
  const isRunning = await quietly(() => tf.setBackend(id))
  tidyUp?.()
  if (!isRunning) {
    throw new BenchError('engine-unavailable', `The engine ${id} did not start.`, {
      field: 'engine',
      hint: 'Reinstall the application: a file of the engine may be missing or damaged.'
    })
  }
  if (id === 'wasm' && !wasmStarted) {
    refuseBeyondMemory((tf.backend() as unknown as { readonly wasm: Allocator }).wasm)
    wasmStarted = true
  }
}

function prepareWasm(probe: EngineProbe): Promise<() => void> {
  // The backend reads this flag once, when it starts; setting it makes the choice ours, as is that of the kernels.
  tf.env().set('WASM_HAS_SIMD_SUPPORT', probe.hasSimd())
  useRelaxedSimd(probe.fusesMultiplyAdd?.() === true)
  return probe.hasSimd() ? shareBackendMemory() : Promise.resolve(() => undefined)
}

function wasmDevice(probe: EngineProbe): string {
  if (!probe.hasSimd()) return 'CPU, no SIMD (several times slower)'
  // Which of the two it is belongs to the device: products are rounded once or twice. The number of threads changes nothing.
  return probe.fusesMultiplyAdd?.() === true ? 'CPU, relaxed SIMD' : 'CPU, SIMD'
}

function available(id: EngineId, name: string, device: string, version: string): EngineInfo {
  const isDefault = id === defaultEngine
  return { id, name, available: true, automatic: isDefault, isDefault, device, version, reason: null, remedy: null, measurement: null }
}
