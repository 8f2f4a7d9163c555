import * as v from 'valibot'
import { BenchError } from '../../shared/contract/errors.ts'
import type { EngineId } from '../../shared/domain/engine.ts'
import type { Experiment, TrainingExperiment } from '../../shared/domain/experiment.ts'
import type { LabelSource } from '../../shared/domain/dataset.ts'
import { type RobustMethodName, robustMethodNames } from '../../shared/domain/robust-methods.ts'
import { type ArmSummary, TrainingConfig } from '../../shared/domain/training.ts'
import type { MeanInterval } from '../../shared/domain/weak-to-strong.ts'
import { sourceReference, splitReference } from '../../shared/query/vocabulary.ts'
import { type CliCore, withCore } from './cli-core.ts'
import { findDataset } from './cli-data.ts'
import { failureOf, followExperiment } from './cli-experiment.ts'
import type { CliOutput } from './cli-output.ts'
import type { GlobalOptions } from './cli-options.ts'
import { plainTable } from './cli-table.ts'

export interface TrainOptions extends GlobalOptions {
  readonly dataset: string
  /** Source references, each with `@soft` for its soft labels. */
  readonly labels?: readonly string[]
  readonly method?: readonly string[]
  /** KEY=VALUE each. */
  readonly set?: readonly string[]
  readonly seeds?: number
  readonly engine: 'auto' | EngineId
  readonly name?: string
}

/** `weakbench train --dataset D`: an arm for every label source and method, each over the seeds. */
export async function trainCommand(options: TrainOptions, output: CliOutput): Promise<void> {
  await withCore(options.bench, 'change', async (core) => {
    const dataset = await findDataset(core, options.dataset)
    const sources = await core.call('datasets.sources', { datasetId: dataset.id })
    const wanted = options.labels ?? sources.filter(({ kind }) => kind === 'given').slice(0, 1).map(sourceReference)
    const methods = (options.method ?? ['cross-entropy']).map(methodOf)
    const arms = wanted.flatMap((reference) => methods.map((method) => armOf(reference, sources, method, { byLabels: wanted.length > 1 || methods.length === 1, byMethod: methods.length > 1 }, dataset.name)))
    const seeds = options.seeds === undefined ? {} : { seeds: Array.from({ length: options.seeds }, (_, seed) => seed) }
    const config = parseConfig({ datasetId: dataset.id, arms, engine: options.engine, ...seeds, ...settingsOf(options.set ?? []) })
    const experiment = await core.call('training.start', { config, ...(options.name === undefined ? {} : { name: options.name }) })
    output.say(`${experiment.name}: ${config.seeds.length} seeds, stored in ${core.benchPath}`)
    const ended = await followExperiment(core, experiment, output)
    if (ended.kind !== 'training' || ended.status !== 'done' || ended.summary === null) throw await failureOf(core, ended)
    await output.result(await trainValue(core, ended), `\n${trainText(ended, core.benchPath)}`)
  })
}

function armOf(written: string, sources: readonly LabelSource[], method: { name: RobustMethodName }, named: { readonly byLabels: boolean; readonly byMethod: boolean }, dataset: string) {
  const soft = written.endsWith('@soft')
  const reference = soft ? written.slice(0, -'@soft'.length) : written
  const parts = splitReference(reference)
  const source = sources.find(({ kind, name }) => kind === parts?.kind && (parts.name === null || parts.name === name))
  if (source === undefined) {
    throw new BenchError('not-found', `"${dataset}" has no label source ${reference}.`, { field: 'labels', hint: sources.length === 0 ? 'It has no labels yet.' : `It has ${sources.map(sourceReference).join(', ')}.` })
  }
  return { name: [...(named.byLabels ? [written] : []), ...(named.byMethod ? [method.name] : [])].join(' · '), labels: { from: 'source' as const, sourceId: source.id, form: soft ? ('soft' as const) : ('hard' as const) }, method }
}

function methodOf(name: string): { name: RobustMethodName } {
  const known = robustMethodNames.find((each) => each === name)
  if (known === undefined) throw new BenchError('invalid-input', `There is no method ${name}.`, { field: 'method', hint: `Methods are ${robustMethodNames.join(', ')}.` })
  return { name: known }
}

/** `model.kind=linear` and the like as nested settings; a value is JSON, or a text where it is not. */
function settingsOf(pairs: readonly string[]): Record<string, unknown> {
  const settings: Record<string, unknown> = {}
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    if (at <= 0) throw new BenchError('invalid-input', `--set ${pair} is not KEY=VALUE.`, { field: 'set', hint: 'For example --set epochs=10 or --set model.kind=linear.' })
    const keys = pair.slice(0, at).split('.')
    const last = keys.pop() ?? ''
    let place = settings
    for (const key of keys) place = (place[key] ??= {}) as Record<string, unknown>
    place[last] = valueOf(pair.slice(at + 1))
  }
  return settings
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function parseConfig(input: unknown): TrainingConfig {
  const parsed = v.safeParse(TrainingConfig, input)
  if (parsed.success) return parsed.output
  const [issue] = parsed.issues
  const field = v.getDotPath(issue) ?? 'set'
  throw new BenchError('invalid-input', `${field}: ${issue.message}`, { field, hint: 'Settings are those of the Train view; --help names some.' })
}

const seedsOf = async (core: CliCore, { id }: Experiment, arm: string): Promise<number[]> =>
  (await core.call('runs.list', { experimentId: id, limit: 10_000 })).filter((run) => run.arm === arm && run.status === 'done').sort((a, b) => a.seed - b.seed).map((run) => run.summary['testAccuracy'] ?? Number.NaN)

async function trainValue(core: CliCore, { id, config, summary, seconds }: TrainingExperiment) {
  const arms = await Promise.all((summary?.arms ?? []).map(async (arm) => ({ ...arm, accuracies: await seedsOf(core, { id } as Experiment, arm.name) })))
  return { experiment: id, engine: summary?.engine ?? '', seconds, seeds: config.seeds, arms, bench: core.benchPath }
}

function trainText({ name, summary, seconds }: TrainingExperiment, bench: string): string {
  const show = (value: MeanInterval | null): string => (value === null || Number.isNaN(value.mean) ? '–' : `${value.mean.toFixed(3)} ± ${value.sd.toFixed(3)}`)
  const rows = (summary?.arms ?? []).map((arm: ArmSummary) => [arm.name, show(arm.accuracy), show(arm.gain), show(arm.macroF1), show(arm.ece), arm.seconds.toFixed(1)])
  return [
    plainTable(['arm', 'test accuracy', 'gain on the first', 'macro-F1', 'ECE', 'seconds'], rows, [1, 2, 3, 4, 5]),
    '',
    `${name}: mean ± sd over ${summary?.seeds.length ?? 0} seeds on ${summary?.engine ?? ''}, ${seconds.toFixed(1)} s; stored in ${bench}.`
  ].join('\n')
}
