import { BenchError } from '../../shared/contract/errors.ts'
import { type DetectorName, mainScore, type NoiseCheck, type NoiseScores } from '../../shared/domain/noise-check.ts'
import { sourceReference, splitReference } from '../../shared/query/vocabulary.ts'
import { withCore } from './cli-core.ts'
import { findDataset } from './cli-data.ts'
import { followJob } from './cli-job.ts'
import type { CliOutput } from './cli-output.ts'
import type { GlobalOptions } from './cli-options.ts'
import { plainTable } from './cli-table.ts'

export interface DetectOptions extends GlobalOptions {
  readonly dataset: string
  readonly labels?: string
  readonly method?: readonly DetectorName[]
  readonly folds?: number
  readonly epochs?: number
  readonly top: number
}

/** `weakbench noise detect --dataset D`: starts a check as the Noise view does, and prints what it found. */
export async function detectCommand({ bench, dataset: wanted, labels, method, folds, epochs, top }: DetectOptions, output: CliOutput): Promise<void> {
  await withCore(bench, 'change', async (core) => {
    const dataset = await findDataset(core, wanted)
    const sources = await core.call('datasets.sources', { datasetId: dataset.id })
    const parts = splitReference(labels ?? 'given')
    const source = sources.find(({ kind, name }) => kind === parts?.kind && (parts.name === null || parts.name === name))
    if (source === undefined) throw new BenchError('not-found', `"${dataset.name}" has no label source ${labels ?? 'given'}.`, { field: 'labels', hint: `It has ${sources.map(sourceReference).join(', ') || 'none'}.` })
    const probabilities = { from: 'cross-validation' as const, ...(folds === undefined ? {} : { folds }), ...(epochs === undefined ? {} : { epochs }) }
    const { jobId } = await core.call('noise.start-check', { request: { datasetId: dataset.id, sourceId: source.id, probabilities, ...(method === undefined ? {} : { detectors: [...method] }) } })
    await followJob(core, jobId, output)
    const [check] = await core.call('noise.checks', { datasetId: dataset.id })
    if (check === undefined) throw new BenchError('internal', 'The check has ended and is not in the bench file.')
    const scores = await core.call('noise.scores', { checkId: check.id })
    const rows = mostSuspicious(scores, top)
    const suspects = rows.length === 0 ? [] : await core.call('noise.suspects', { checkId: check.id, rows: rows.slice(0, 1000) })
    const names = new Map(dataset.classes.map(({ position, name }) => [position, name]))
    const listed = suspects.map(({ row, given, suggested, flagged, scores: own }) => ({ row, given: names.get(given) ?? null, suggested: names.get(suggested) ?? null, flagged, scores: Object.fromEntries(scores.names.map((name, index) => [name, own[index]])) }))
    await output.result({ check: check.id, dataset: dataset.id, labels: sourceReference(source), ...check.report, suspects: listed, bench: core.benchPath }, detectText(check, listed, core.benchPath))
  })
}

/** Rows with the lowest score of the ensemble, or of the only detector. */
function mostSuspicious({ names, scores }: NoiseScores, count: number): number[] {
  const main = scores[names.findIndex((name) => name === mainScore(names))]
  if (main === undefined) return []
  const rows = Array.from(main.keys()).filter((row) => !Number.isNaN(main[row]))
  return rows.sort((a, b) => (main[a] ?? 0) - (main[b] ?? 0) || a - b).slice(0, count)
}

function detectText({ name, report }: NoiseCheck, suspects: readonly { readonly row: number; readonly given: string | null; readonly suggested: string | null; readonly flagged: boolean }[], bench: string): string {
  const { estimate, trueRate } = report
  const percent = (share: number): string => `${(100 * share).toFixed(1)}%`
  const detectors = report.detectors.map(({ name: of, flagged, unavailable, quality }) => [of, unavailable === null ? flagged.toLocaleString('en') : '–', quality === null ? '–' : quality.averagePrecision.toFixed(3), unavailable ?? ''])
  const lines = [`${name}: ${report.rows.toLocaleString('en')} labels in ${report.seconds.toFixed(1)} s.`]
  if (estimate !== null) lines.push(`About ${percent(estimate.rate.value)} of them are wrong (95% ${percent(estimate.rate.lower)} to ${percent(estimate.rate.upper)})${trueRate === null ? '' : `; in truth ${percent(trueRate)}`}.`)
  lines.push('', plainTable(['detector', 'flagged', 'average precision', ''], detectors, [1, 2]))
  if (suspects.length > 0) lines.push('', plainTable(['row', 'given', 'suggested', ''], suspects.map(({ row, given, suggested, flagged }) => [String(row + 1), given ?? '', suggested ?? '', flagged ? 'flagged' : '']), [0]))
  lines.push('', `Stored in ${bench}; the Noise view shows the rest.`)
  return lines.join('\n')
}
