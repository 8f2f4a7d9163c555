export const engineIds = ['tensorflow', 'webgpu', 'wasm', 'cpu'] as const
export type EngineId = (typeof engineIds)[number]

/** One engine on this machine, as Settings and `weakbench engines` list it. */
export interface EngineInfo {
  readonly id: EngineId
  readonly name: string
  readonly available: boolean
  /** Whether `auto` may choose it: not the reference, and not a GPU's driver that computes on the CPU. */
  readonly automatic: boolean
  /** What `auto` takes for the model that was measured, or the WebAssembly engine before any was. */
  readonly isDefault: boolean
  /** What it computes on: `CPU, SIMD`. */
  readonly device: string
  readonly version: string
  /** Why it is not available, one sentence, or null. */
  readonly reason: string | null
  /** What to do about that, one sentence, or null. */
  readonly remedy: string | null
  /** Its last measurement on this machine, or null. */
  readonly measurement: EngineMeasurement | null
}

/** One engine's training step of one model, measured in a process of its own. */
export interface EngineMeasurement {
  /** The model and batch: `dense 196-128-128-10, batch 64`. */
  readonly model: string
  /** Median time of a training step, or null where it failed. */
  readonly millisecondsPerStep: number | null
  /** Why there is no time, one sentence, or null. */
  readonly failure: string | null
  readonly measuredAt: number
}
