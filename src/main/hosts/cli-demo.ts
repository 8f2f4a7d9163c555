import type { EngineId } from '../../shared/domain/engine.ts'
import { withCore } from './cli-core.ts'
import { failureOf, followExperiment } from './cli-experiment.ts'
import type { CliOutput } from './cli-output.ts'
import type { GlobalOptions } from './cli-options.ts'
import { reportText, reportValue } from './cli-report.ts'

interface Options extends GlobalOptions {
  readonly seeds?: number
  readonly engine: 'auto' | EngineId
}

/**
 * `weakbench demo`: the weak-to-strong experiment, started as the window starts it, shown while it runs and compared at
 * its end. Ctrl+C cancels it; its runs stay in the bench file, marked.
 */
export async function demo({ bench, seeds, engine }: Options, output: CliOutput): Promise<void> {
  await withCore(bench, 'create', async (core) => {
    const config = { engine, ...(seeds === undefined ? {} : { seeds: Array.from({ length: seeds }, (_, seed) => seed) }) }
    const experiment = await core.call('experiments.start-weak-to-strong', { config })
    output.say(`${experiment.name}: weak-to-strong on 10,000 handwritten digits, ${experiment.config.seeds.length} seeds, stored in ${core.benchPath}`)
    const ended = await followExperiment(core, experiment, output)
    if (ended.kind !== 'weak-to-strong' || ended.status !== 'done' || ended.summary === null) throw await failureOf(core, ended)
    const { summary } = ended
    await output.result(reportValue(ended, summary, core.benchPath), `\n${reportText(ended, summary, core.benchPath)}`)
  })
}
