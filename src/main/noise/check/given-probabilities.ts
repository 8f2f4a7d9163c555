import { splits } from '../../../shared/domain/dataset.ts'
import type { ProbabilitySource } from '../../../shared/domain/noise-check.ts'
import type { Bench } from '../../store/bench.ts'

/** Probabilities found for every row asked, or why they cannot be used. */
export type GivenProbabilities = { readonly probabilities: Float32Array; readonly from: string; readonly reason: null } | { readonly probabilities: null; readonly from: string; readonly reason: string }

/**
 * Class probabilities that are there already: soft labels of a source, or what a run predicts. Those of examples that the run was
 * trained on are recognised and refused, for a network agrees with the labels it has learned, wrong ones too.
 *
 * @param rows data set rows whose labels are to be checked
 * @returns rows x classes, row-major, or the reason why not
 */
export function givenProbabilities(bench: Bench, source: Exclude<ProbabilitySource, { from: 'cross-validation' }>, rows: Int32Array, classes: number): GivenProbabilities {
  return source.from === 'run' ? fromRun(bench, source.runId, rows, classes) : fromSource(bench, source.sourceId, rows, classes)
}

function fromSource(bench: Bench, sourceId: string, rows: Int32Array, classes: number): GivenProbabilities {
  const source = bench.labels.source(sourceId)
  const from = source === undefined ? 'a source that is gone' : `soft labels of ${source.name}`
  const refuse = (reason: string): GivenProbabilities => ({ probabilities: null, from, reason })
  const soft = source === undefined ? undefined : bench.labels.soft(source.id)
  if (source === undefined || soft === undefined) return refuse(`There are no ${from}.`)
  if (soft.classes !== classes) return refuse(`The ${from} are over ${soft.classes} classes, and the labels over ${classes}.`)
  const trained = trainedRows(bench, runOf(source.detail))
  const inSample = rows.reduce((sum, row) => sum + (trained?.has(row) === true ? 1 : 0), 0)
  if (inSample > 0) return refuse(trainedOn(inSample, from))
  const out = new Float32Array(rows.length * classes)
  rows.forEach((row, place) => out.set(soft.probabilities.subarray(row * classes, (row + 1) * classes), place * classes))
  const lacking = countLacking(out, classes)
  return lacking > 0 ? refuse(`${lacking.toLocaleString('en')} of ${rows.length.toLocaleString('en')} labelled examples have no ${from}.`) : { probabilities: out, from, reason: null }
}

function fromRun(bench: Bench, runId: string, rows: Int32Array, classes: number): GivenProbabilities {
  const run = bench.runs.get(runId)
  const from = run === undefined ? 'a run that is gone' : `predictions of ${run.name}`
  const refuse = (reason: string): GivenProbabilities => ({ probabilities: null, from, reason })
  const trained = trainedRows(bench, runId)
  const inSample = rows.reduce((sum, row) => sum + (trained?.has(row) === true ? 1 : 0), 0)
  if (inSample > 0) return refuse(trainedOn(inSample, from))
  const places = new Map(Array.from(rows, (row, place) => [row, place] as const))
  const out = new Float32Array(rows.length * classes).fill(Number.NaN)
  for (const predictions of bench.runs.allPredictions(runId)) {
    if (predictions.classes !== classes) return refuse(`The ${from} are over ${predictions.classes} classes, and the labels over ${classes}.`)
    predictions.rows.forEach((row, index) => {
      const place = places.get(row)
      if (place !== undefined) out.set(predictions.probabilities.subarray(index * classes, (index + 1) * classes), place * classes)
    })
  }
  const lacking = countLacking(out, classes)
  return lacking > 0 ? refuse(`${lacking.toLocaleString('en')} of ${rows.length.toLocaleString('en')} labelled examples have no ${from}.`) : { probabilities: out, from, reason: null }
}

const trainedOn = (count: number, from: string): string =>
  `${count === 1 ? '1 of the labelled examples was' : `${count.toLocaleString('en')} of the labelled examples were`} trained on: the ${from} repeat their labels. Use cross-validation, or check only examples that the run has not seen.`

/** Rows that a run was trained on: those it stored as such, else those of its split in its version; undefined where there is no run. */
function trainedRows(bench: Bench, runId: string | null): ReadonlySet<number> | undefined {
  const run = runId === null ? undefined : bench.runs.get(runId)
  if (run === undefined) return undefined
  const stored = bench.runs.predictions(run.id, 'train')
  if (stored !== undefined) return new Set(stored.rows)
  const version = run.datasetVersionId === null ? undefined : bench.versions.content(run.datasetVersionId)
  const split = splits.indexOf(run.role === 'teacher' ? 'teacher' : 'student')
  return version && new Set(version.rows.filter((_, place) => version.splits[place] === split))
}

/** The run that a source's labels were predicted by, as its detail says; null for all others. */
function runOf(detail: string | null): string | null {
  const read = detail === null ? null : (JSON.parse(detail) as { readonly runId?: unknown } | null)
  return typeof read?.runId === 'string' ? read.runId : null
}

function countLacking(probabilities: Float32Array, classes: number): number {
  let lacking = 0
  for (let at = 0; at < probabilities.length; at += classes) if (Number.isNaN(probabilities[at])) lacking++
  return lacking
}
