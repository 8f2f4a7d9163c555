import type { EngineId, EngineInfo } from '../domain/engine.ts'
import type { ErrorCode, ErrorPayload } from './errors.ts'

/** Failures that another engine may not have: it has other drivers, other libraries, other memory. */
const engineCodes: readonly ErrorCode[] = ['engine-unavailable', 'device-lost', 'out-of-memory', 'worker-died']

/** Engines that run in libraries and drivers of this machine, which may take their worker with them. */
const nativeEngines: readonly EngineId[] = ['tensorflow', 'webgpu']

/** The engines that are offered, best first; `cpu` is the reference for tests. */
const offered: readonly EngineId[] = ['tensorflow', 'webgpu', 'wasm']

/**
 * The engine to which a job's failure is laid, or null where another would not help. That a worker died is laid to an
 * engine of drivers and libraries only; WebAssembly and JavaScript do not end a process.
 */
export function engineAtFault({ code, engine }: ErrorPayload): EngineId | null {
  if (engine === undefined || !engineCodes.includes(code)) return null
  return code === 'worker-died' && !nativeEngines.includes(engine) ? null : engine
}

/**
 * The engine to offer after one failed: of the others that may be chosen by themselves on this machine the fastest where all of
 * them have been measured, else the first in the order of {@link offered}; null where there is none.
 */
export function nextEngine(engines: readonly EngineInfo[], failed: EngineId): EngineInfo | null {
  const usable = offered.flatMap((id) => engines.find((engine) => engine.id === id && id !== failed && engine.available && engine.automatic) ?? [])
  const times = usable.map(({ measurement }) => measurement?.millisecondsPerStep ?? Infinity)
  const fastest = times.every(Number.isFinite) ? times.indexOf(Math.min(...times)) : 0
  return usable[fastest] ?? null
}

/** Longest name of an experiment, in characters, as the contract has it. */
const longestName = 200

/** The name of an experiment that is started anew on another engine: `Parity on wasm`. */
export function nameOnEngine(name: string, engine: EngineId): string {
  const ending = ` on ${engine}`
  return `${name.replace(/ on (tensorflow|webgpu|wasm|cpu)$/, '').slice(0, longestName - ending.length)}${ending}`
}
