import { engineChoice } from '../api/engines.ts'
import type { EngineInfo } from '../../shared/domain/engine.ts'
import { places } from './bench-path.ts'
import type { CliOutput } from './cli-output.ts'
import { plainTable } from './cli-table.ts'
import { nodeFork } from './node-fork.ts'

/** `weakbench engines`: asks the machine, not a bench file, so that it never makes one. With `--measure`, a training step on each. */
export async function showEngines({ measure = false }: { readonly measure?: boolean }, output: CliOutput): Promise<void> {
  const choice = engineChoice(nodeFork(), places().stateFolder)
  if (measure) output.say('Measuring a training step on each engine ...')
  const engines = await (measure ? choice.measure() : choice.list())
  const rows = engines.map((engine) => [
    engine.isDefault ? `${engine.id} (default)` : engine.id,
    engine.name,
    engine.available ? engine.version : '-',
    engine.available ? engine.device : [engine.reason, engine.remedy].filter(Boolean).join(' '),
    stepOf(engine)
  ])
  await output.result(engines, plainTable(['engine', 'name', 'version', 'runs on', 'ms a step'], rows))
}

const stepOf = ({ measurement }: EngineInfo): string => measurement?.millisecondsPerStep?.toPrecision(3) ?? measurement?.failure ?? '-'
