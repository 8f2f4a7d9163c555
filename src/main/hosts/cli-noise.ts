import { basename } from 'node:path'
import { BenchError } from '../../shared/contract/errors.ts'
import type { NoiseType } from '../../shared/domain/noise.ts'
import { writeLines } from '../labels/vote-files.ts'
import { type ConfidentLearning, confidentLearning } from '../noise/confident-learning/confident-learning.ts'
import { injectInstanceNoise } from '../noise/injection/instance-noise.ts'
import { injectFromModel } from '../noise/injection/model-noise.ts'
import { injectByMatrix, type NoisyLabels } from '../noise/injection/noisy-labels.ts'
import { annotatorMatrix, pairMatrix, symmetricMatrix } from '../noise/injection/transition-matrix.ts'
import { checkClassCount } from '../noise/inputs.ts'
import { readNumberTable, readWholeNumbers } from '../noise/number-table.ts'
import type { CliOutput } from './cli-output.ts'
import { plainTable } from './cli-table.ts'

export interface NoiseOptions {
  readonly labels: string
  readonly probs: string
  readonly adjust?: boolean
}

export interface InjectOptions {
  readonly labels: string
  readonly type: NoiseType
  readonly rate?: number
  readonly seed?: number
  readonly classes?: number
  readonly features?: string
  readonly matrix?: string
  readonly probs?: string
  readonly out: string
}

/** `weakbench noise`: confident learning over labels and out-of-sample probabilities. */
export async function noiseCommand(options: NoiseOptions, output: CliOutput): Promise<void> {
  const labels = await readWholeNumbers(options.labels)
  const { rows, columns: classes, values: probabilities } = await readNumberTable(options.probs, { counted: true })
  if (labels.length !== rows) {
    const message = `${basename(options.labels)} has ${labels.length} labels, ${basename(options.probs)} ${rows} rows.`
    throw new BenchError('bad-data', message, { field: `row ${Math.min(labels.length, rows) + 1}`, hint: 'Give one label a row of probabilities.' })
  }
  const result = confidentLearning({ rows, classes, labels, probabilities }, { adjust: options.adjust ?? false })
  await output.result(output.json ? jsonOf(result) : null, noiseText(result, rows))
}

/** `weakbench noise inject`: seeded noise over labels; the truth stays in its file. */
export async function injectCommand(options: InjectOptions, output: CliOutput): Promise<void> {
  const truth = await readWholeNumbers(options.labels)
  const { noisy, classes } = await inject(truth, options)
  await writeLines(options.out, 'label', truth.length, (row) => String(noisy.labels[row]))
  const { changed, rate } = noisy
  const matrix = nested(noisy.matrix, classes)
  const { type } = options
  const table = plainTable(['true', ...matrix.map((_, c) => `noisy ${c}`)], matrix.map((row, c) => [String(c), ...row.map(share)]), matrix.map((_, c) => c + 1))
  await output.result(
    { type, seed: options.seed ?? 0, rows: truth.length, classes, changed, rate, matrix, out: options.out },
    classes > 30 ? `${changed} of ${truth.length} labels changed (${share(rate)}).` : `${table}\n\n${changed} of ${truth.length} labels changed (${share(rate)}).`
  )
}

async function inject(truth: Int32Array, options: InjectOptions): Promise<{ readonly noisy: NoisyLabels; readonly classes: number }> {
  const seed = options.seed ?? 0
  const classes = (): number => options.classes ?? Math.max(2, truth.reduce((most, label) => Math.max(most, label), 0) + 1)
  switch (options.type) {
    case 'symmetric':
    case 'pair': {
      const k = classes()
      const matrix = options.type === 'symmetric' ? symmetricMatrix(k, needed(options.rate, 'rate', options.type)) : pairMatrix(k, needed(options.rate, 'rate', options.type))
      return { noisy: injectByMatrix(truth, matrix, k, seed), classes: k }
    }
    case 'matrix':
    case 'annotator': {
      const { rows, columns, values } = await readNumberTable(needed(options.matrix, 'matrix', options.type))
      if (rows !== columns) throw new BenchError('bad-data', `The matrix has ${rows} rows and ${columns} columns.`, { field: 'matrix', hint: 'Give a row and a column a class.' })
      checkClassCount(rows)
      return { noisy: injectByMatrix(truth, options.type === 'matrix' ? values : annotatorMatrix(values, rows), rows, seed), classes: rows }
    }
    case 'instance': {
      const { rows, values } = await readNumberTable(needed(options.features, 'features', options.type), { counted: true })
      if (rows !== truth.length) throw new BenchError('bad-data', `There are ${truth.length} labels for ${rows} rows of features.`, { field: `row ${Math.min(truth.length, rows) + 1}`, hint: 'Give one row of features a label.' })
      const k = classes()
      return { noisy: injectInstanceNoise(truth, values, k, needed(options.rate, 'rate', options.type), seed), classes: k }
    }
    case 'model': {
      const { rows, columns, values } = await readNumberTable(needed(options.probs, 'probs', options.type), { counted: true })
      return { noisy: injectFromModel(truth, { rows, classes: columns, probabilities: values }, seed, options.rate), classes: columns }
    }
  }
}

function needed<T>(value: T | undefined, option: string, type: NoiseType): T {
  if (value !== undefined) return value
  throw new BenchError('invalid-input', `Noise of type ${type} needs --${option}.`, { field: option, hint: 'Add --help to see what can be given.' })
}

function jsonOf(result: ConfidentLearning) {
  const { classes } = result
  return {
    thresholds: [...result.thresholds],
    confidentJoint: nested(result.calibrated, classes),
    confidentJointUncalibrated: nested(result.uncalibrated, classes),
    joint: nested(result.joint, classes),
    noiseMatrix: nested(result.noiseMatrix, classes),
    inverseNoiseMatrix: nested(result.inverseNoiseMatrix, classes),
    prior: [...result.prior],
    numLabelIssues: result.numLabelIssues,
    issues: plainArrays(result.issues),
    scores: plainArrays(result.scores)
  }
}

function noiseText(result: ConfidentLearning, rows: number): string {
  const { classes, labelCounts, thresholds, prior, inverseNoiseMatrix, issues, numLabelIssues } = result
  const byClass = Array.from({ length: classes }, (_, c) => {
    const likely = likeliestOther(inverseNoiseMatrix, classes, c)
    return [String(c), String(labelCounts[c]), share(thresholds[c] as number), share(prior[c] as number), share(1 - (inverseNoiseMatrix[c * classes + c] as number)), likely < 0 ? '-' : String(likely)]
  })
  const byMethod = Object.entries(issues).map(([method, flagged]) => [method, String(flagged.length)])
  return [
    plainTable(['class', 'given', 'threshold', 'true share', 'wrong', 'mostly'], byClass, [0, 1, 2, 3, 4, 5]),
    '',
    plainTable(['method', 'flagged'], byMethod, [1]),
    '',
    `${rows} rows; about ${numLabelIssues} labels are wrong (${share(numLabelIssues / rows)}).`
  ].join('\n')
}

/** The class that labels of class c most often should be, other than c; -1 where none is counted. */
function likeliestOther(inverse: Float64Array, classes: number, c: number): number {
  let best = -1
  for (let y = 0; y < classes; y++) {
    const p = inverse[y * classes + c] as number
    if (y !== c && p > 0 && (best < 0 || p > (inverse[best * classes + c] as number))) best = y
  }
  return best
}

const nested = (matrix: Float64Array, classes: number): number[][] => Array.from({ length: classes }, (_, row) => [...matrix.subarray(row * classes, (row + 1) * classes)])
const plainArrays = (arrays: Readonly<Record<string, Int32Array | Float64Array>>) => Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, Array.from(values)]))
const share = (value: number): string => value.toFixed(3)
