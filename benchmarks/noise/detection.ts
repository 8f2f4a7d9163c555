import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InputOf, OutputOf, ProcedureName, Procedures } from '../../src/shared/contract/index.ts'
import { BenchError } from '../../src/shared/contract/errors.ts'
import { detectorNames, mainScore, type ScoreName } from '../../src/shared/domain/noise-check.ts'
import type { MeanInterval } from '../../src/shared/domain/weak-to-strong.ts'
import { type Core, openCore } from '../../src/main/api/core.ts'
import { nodeFork } from '../../src/main/hosts/node-fork.ts'
import { meanInterval } from '../../src/main/runs/statistics.ts'
import { describeMachine } from '../compute/machine.ts'

const rates = [0.2, 0.4] as const
/** Share of the labels, the most suspicious first, that are corrected by the truth. */
const corrected = 0.1

/** Rows asked of the bench at a time. */
const page = 200

interface Found {
  readonly rate: number
  readonly averagePrecision: Readonly<Record<string, MeanInterval>>
  /** Test accuracy after correcting less that before, paired over seeds. */
  readonly gain: MeanInterval
  readonly before: MeanInterval
  readonly after: MeanInterval
}

/** `npm run -s benchmark -- detection`: detectors on MNIST with instance-dependent noise, and what fixing the top of the list buys. */
export async function detection({ seeds, json }: { readonly seeds: number; readonly json: boolean }): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'weakbench-detection-'))
  const host = { kind: 'node', nativeDialogs: false, documents: folder, chooseBench: () => Promise.resolve(null), chooseFile: () => Promise.resolve(null) } as const
  const core = await openCore({ benchPath: join(folder, 'detection.weakbench'), fork: nodeFork(), stateFolder: folder, host })
  try {
    const run = new DetectionRun(core)
    const found = []
    for (const rate of rates) found.push(await run.atRate(rate, seeds))
    const result = { benchmark: 'detection', machine: describeMachine(), seeds, corrected, found }
    console.log(json ? JSON.stringify(result) : report(found, result.machine, seeds))
  } finally {
    await core.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

class DetectionRun {
  readonly #core: Core

  constructor(core: Core) {
    this.#core = core
  }

  async atRate(rate: number, seeds: number): Promise<Found> {
    const { datasetId, truth } = await this.#digits()
    const precisions = new Map<string, number[]>()
    const [before, after]: [number[], number[]] = [[], []]
    for (let seed = 0; seed < seeds; seed++) {
      const noisy = await this.#noisy(datasetId, truth, rate, seed)
      await this.#job('noise.start-check', { request: { datasetId, sourceId: noisy, detectors: [...detectorNames], probabilities: { from: 'cross-validation', seed } } })
      const [check] = await this.#call('noise.checks', { datasetId })
      for (const { name, quality } of check?.report.detectors ?? []) precisions.set(name, [...(precisions.get(name) ?? []), quality?.averagePrecision ?? Number.NaN])
      const [first, second] = await this.#retrain(datasetId, truth, noisy, check?.id ?? '', seed)
      before.push(first)
      after.push(second)
    }
    const gain = meanInterval(after.map((value, seed) => value - (before[seed] ?? 0)))
    return { rate, averagePrecision: Object.fromEntries([...precisions].map(([name, values]) => [name, meanInterval(values)])), gain, before: meanInterval(before), after: meanInterval(after) }
  }

  async #digits(): Promise<{ datasetId: string; truth: string }> {
    const { jobId } = await this.#call('datasets.add-sample', { sample: 'mnist-10k' })
    if (jobId !== null) await this.#ended(jobId)
    const [dataset] = await this.#call('datasets.list', {})
    const sources = await this.#call('datasets.sources', { datasetId: dataset?.id ?? '' })
    return { datasetId: dataset?.id ?? '', truth: sources.find(({ kind, name }) => kind === 'given' && !name.includes('%'))?.id ?? '' }
  }

  async #noisy(datasetId: string, truth: string, rate: number, seed: number): Promise<string> {
    const name = `${100 * rate}%, seed ${seed}`
    await this.#job('noise.inject', { injection: { datasetId, sourceId: truth, name, noise: { type: 'instance', rate }, seed } })
    return (await this.#call('datasets.sources', { datasetId })).find((source) => source.name === name)?.id ?? ''
  }

  /** Trains on the noisy labels as they are, and with the most suspicious tenth of them corrected by the truth. */
  async #retrain(datasetId: string, truth: string, noisy: string, checkId: string, seed: number): Promise<[number, number]> {
    const { names, scores } = await this.#call('noise.scores', { checkId })
    const own = scores[names.indexOf(mainScore(names) as ScoreName)] ?? new Float32Array(0)
    const rows = Array.from(own.keys()).sort((a, b) => (own[a] ?? 0) - (own[b] ?? 0) || a - b).slice(0, Math.round(corrected * own.length))
    const annotator = `corrector ${seed} of ${noisy}`.slice(0, 60)
    const known: number[] = []
    for (let start = 0; start < rows.length; start += page) known.push(...(await this.#call('annotation.suggestions', { datasetId, sourceId: truth, rows: rows.slice(start, start + page) })).labels)
    for (let label = 0; label < 10; label++) {
      const of = rows.filter((_, place) => known[place] === label)
      if (of.length > 0) await this.#call('datasets.set-labels', { datasetId, annotator, rows: of, label })
    }
    await this.#job('noise.merge-corrections', { datasetId, sourceId: noisy, annotator })
    const sources = await this.#call('datasets.sources', { datasetId })
    const noisyName = sources.find(({ id }) => id === noisy)?.name ?? ''
    const fixed = sources.find(({ name }) => name === `${noisyName}, corrected`)?.id ?? ''
    const arm = (name: string, sourceId: string) => ({ name, labels: { from: 'source' as const, sourceId } })
    const { id } = await this.#call('training.start', { config: { datasetId, evaluationSourceId: truth, seeds: [0, 1, 2].map((each) => 1000 * seed + each), arms: [arm('before', noisy), arm('after', fixed)] } })
    for (;;) {
      const experiment = await this.#call('experiments.get', { experimentId: id })
      if (experiment.status === 'done' && experiment.kind === 'training') {
        const [first, second] = experiment.summary?.arms ?? []
        return [first?.accuracy.mean ?? Number.NaN, second?.accuracy.mean ?? Number.NaN]
      }
      if (experiment.status === 'failed') throw new Error('The training failed.')
      await pause()
    }
  }

  async #job<P extends 'noise.start-check' | 'noise.inject' | 'noise.merge-corrections'>(procedure: P, input: InputOf<Procedures[P]>): Promise<void> {
    const { jobId } = (await this.#call(procedure, input)) as { readonly jobId: string }
    await this.#ended(jobId)
  }

  async #ended(jobId: string): Promise<void> {
    for (;;) {
      const job = (await this.#call('jobs.list', { limit: 500 })).find(({ id }) => id === jobId)
      if (job?.status === 'done') return
      if (job?.status === 'failed' || job?.status === 'cancelled') throw BenchError.from(job.error ?? { code: 'internal', message: 'The job ended.' })
      await pause()
    }
  }

  async #call<P extends ProcedureName>(procedure: P, input: InputOf<Procedures[P]>): Promise<OutputOf<Procedures[P]>> {
    const reply = await this.#core.dispatch(procedure, input, { signal: new AbortController().signal, clientId: 'benchmark' })
    if (!reply.ok) throw BenchError.from(reply.error)
    return reply.value as OutputOf<Procedures[P]>
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100))

function report(found: readonly Found[], machine: unknown, seeds: number): string {
  const show = ({ mean, lower, upper }: MeanInterval): string => `${mean.toFixed(3)}${lower === null || upper === null ? '' : ` (${lower.toFixed(3)} to ${upper.toFixed(3)})`}`
  const names = Object.keys(found[0]?.averagePrecision ?? {})
  return [
    `Average precision on MNIST 10k with instance-dependent noise, mean and 95% t interval over ${seeds} seeds.`,
    `| detector | ${found.map(({ rate }) => `${100 * rate}% noise`).join(' | ')} |`,
    `| --- | ${found.map(() => '---:').join(' | ')} |`,
    ...names.map((name) => `| ${name} | ${found.map(({ averagePrecision }) => show(averagePrecision[name] ?? { mean: Number.NaN, sd: 0, n: 0, lower: null, upper: null })).join(' | ')} |`),
    '',
    `Test accuracy with the most suspicious ${100 * corrected}% of the labels corrected by the truth:`,
    ...found.map(({ rate, before, after, gain }) => `${100 * rate}% noise: ${show(before)} before, ${show(after)} after; paired gain ${show(gain)}.`),
    '',
    JSON.stringify(machine)
  ].join('\n')
}
