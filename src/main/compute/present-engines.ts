import type { EngineId } from '../../shared/domain/engine.ts'
import { fusesMultiplyAdd, hasWasmSimd } from './simd.ts'
import { listEngines } from './engine.ts'
import { probeWebgpu } from './webgpu/webgpu.ts'

/**
 * For tests: the engines that run on this machine, `wasm` and the reference `cpu` always among them. Drivers of GPUs are
 * loaded into the test's own process only where `WEAKBENCH_TEST_ENGINES` asks for it, which names the engines to test.
 */
const wanted = process.env['WEAKBENCH_TEST_ENGINES']?.split(',')
const machine = { hasSimd: hasWasmSimd, fusesMultiplyAdd, ...(wanted?.includes('webgpu') === true ? { webgpu: probeWebgpu } : {}) }
const found = (await listEngines(machine)).filter(({ available }) => available).map(({ id }) => id)
export const presentEngines: readonly EngineId[] = wanted === undefined ? found : found.filter((id) => wanted.includes(id))

/** The same without the reference. */
export const enginesToCompare = presentEngines.filter((id) => id !== 'cpu')
