import * as v from 'valibot'
import { EngineChoice, type EngineMeasurements } from '../jobs/engine-choice.ts'
import type { ForkWorker } from '../jobs/worker-process.ts'
import type { CoreState } from './core-state.ts'
import type { AreaHandlers } from './dispatcher.ts'
import { readState, writeState } from './state-file.ts'

const file = 'engines.json'
const Measurements = v.record(
  v.string(),
  v.object({ model: v.string(), millisecondsPerStep: v.nullable(v.number()), failure: v.nullable(v.string()), measuredAt: v.number() })
)

/** The engines of this machine, with measurements remembered in the folder of the application's own state. */
export function engineChoice(fork: ForkWorker, stateFolder: string): EngineChoice {
  // What cannot be stored is at least remembered until the application ends.
  let measurements: EngineMeasurements = readState(stateFolder, file, Measurements, {})
  return new EngineChoice(fork, {
    read: () => measurements,
    write(changed) {
      measurements = changed
      writeState(stateFolder, file, changed)
    }
  })
}

export const engineHandlers = (state: CoreState): AreaHandlers<'engines'> => ({
  'engines.list': () => state.engines.list(),
  'engines.measure': () => state.engines.measure()
})
