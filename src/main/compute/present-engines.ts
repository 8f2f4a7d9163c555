import type { EngineId } from '../../shared/domain/engine.ts'
import { listEngines } from './engine.ts'

/** For tests: the engines that run on this machine, `wasm` and the reference `cpu` always among them. */
export const presentEngines: readonly EngineId[] = (await listEngines()).filter(({ available }) => available).map(({ id }) => id)

/** The same without the reference. */
export const enginesToCompare = presentEngines.filter((id) => id !== 'cpu')
