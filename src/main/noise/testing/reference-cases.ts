import { type Stream, stream } from '../../learn/random.ts'
import type { LabelledProbabilities } from '../inputs.ts'

/** How labels and probabilities of one comparison with the reference implementation are drawn. */
export interface ConfidentCase {
  readonly name: string
  readonly seed: number
  readonly classes: number
  readonly rows: number
  /** Share of labels drawn anew from all classes. */
  readonly noise: number
  /** Factor of the logits. */
  readonly sharpness: number
  /** Draws most true classes from the first ones. */
  readonly skewed?: boolean
  /** Probabilities are multiples of a tenth, so that many are equal. */
  readonly coarse?: boolean
  /** A class that no example is given. */
  readonly absent?: number
  /** A class whose examples all have probability zero of it. */
  readonly hopeless?: number
  /** A class that exactly one example is given. */
  readonly single?: number
  /** All examples given a class have one and the same probability of it, its threshold. */
  readonly onThreshold?: boolean
}

export const confidentCases: readonly ConfidentCase[] = [
  { name: 'balanced', seed: 1, classes: 3, rows: 90, noise: 0.2, sharpness: 1 },
  { name: 'two classes', seed: 2, classes: 2, rows: 120, noise: 0.3, sharpness: 1 },
  { name: 'imbalanced', seed: 3, classes: 4, rows: 160, noise: 0.2, sharpness: 1, skewed: true },
  { name: 'ten classes', seed: 4, classes: 10, rows: 300, noise: 0.3, sharpness: 0.7 },
  { name: 'twenty classes', seed: 5, classes: 20, rows: 400, noise: 0.2, sharpness: 1 },
  { name: 'mostly noise', seed: 6, classes: 5, rows: 100, noise: 0.95, sharpness: 1 },
  { name: 'nearly certain', seed: 7, classes: 4, rows: 80, noise: 0.2, sharpness: 10 },
  { name: 'three rows', seed: 28, classes: 2, rows: 3, noise: 0.5, sharpness: 1 },
  { name: 'six rows', seed: 9, classes: 3, rows: 6, noise: 0.5, sharpness: 1 },
  { name: 'equal probabilities', seed: 10, classes: 3, rows: 16, noise: 0.4, sharpness: 0.7, coarse: true },
  { name: 'equal probabilities, two classes', seed: 11, classes: 2, rows: 16, noise: 0.5, sharpness: 0.5, coarse: true },
  { name: 'many equal probabilities', seed: 17, classes: 4, rows: 200, noise: 0.3, sharpness: 0.7, coarse: true },
  { name: 'absent class', seed: 12, classes: 4, rows: 60, noise: 0.2, sharpness: 1, absent: 1 },
  { name: 'absent last class', seed: 13, classes: 3, rows: 40, noise: 0.3, sharpness: 1, absent: 2 },
  { name: 'class without a confident example', seed: 14, classes: 4, rows: 60, noise: 0.2, sharpness: 1, hopeless: 2 },
  { name: 'class of one example', seed: 15, classes: 4, rows: 30, noise: 0.3, sharpness: 1, single: 3 },
  { name: 'probabilities on the thresholds', seed: 16, classes: 3, rows: 30, noise: 0.3, sharpness: 1, onThreshold: true }
]

/** Probabilities are multiples of this, exact in binary, so that every machine draws the same. */
const unit = 2 ** -20

/** Labels and probabilities of a case. */
export function drawConfidentCase(shape: ConfidentCase): LabelledProbabilities {
  const { rows, classes } = shape
  const random = stream(shape.seed, 'confident-case')
  const labels = new Int32Array(rows)
  const probabilities = new Float64Array(rows * classes)
  for (let i = 0; i < rows; i++) {
    const truth = shape.skewed === true ? Math.floor(classes * random.uniform() ** 3) : random.integer(classes)
    const row = roundToUnit(softmax(Array.from({ length: classes }, (_, c) => shape.sharpness * (random.normal() + (c === truth ? 2 : 0)))), shape.coarse === true ? 0.1 : unit)
    labels[i] = relabel(random.bernoulli(shape.noise) ? random.integer(classes) : truth, i, shape)
    probabilities.set(shift(row, labels[i] as number, shape), i * classes)
  }
  return { rows, classes, labels, probabilities }
}

/** Votes of annotators with the probabilities of a model, and those of examples without votes. */
export interface AnnotatorCase {
  readonly name: string
  readonly seed: number
  readonly classes: number
  readonly annotators: number
  readonly rows: number
  /** Share of the examples that an annotator labels. */
  readonly labelled: number
  readonly sharpness: number
}

export const annotatorCases: readonly AnnotatorCase[] = [
  { name: 'three annotators', seed: 1, classes: 3, annotators: 3, rows: 40, labelled: 0.7, sharpness: 1 },
  { name: 'complete', seed: 2, classes: 4, annotators: 5, rows: 30, labelled: 1, sharpness: 1 },
  { name: 'sparse', seed: 3, classes: 3, annotators: 6, rows: 60, labelled: 0.25, sharpness: 1 },
  { name: 'two classes', seed: 4, classes: 2, annotators: 4, rows: 50, labelled: 0.6, sharpness: 1 },
  { name: 'many classes', seed: 5, classes: 8, annotators: 4, rows: 50, labelled: 0.6, sharpness: 1 },
  { name: 'poor model', seed: 6, classes: 3, annotators: 4, rows: 40, labelled: 0.6, sharpness: 0.1 },
  { name: 'sharp model', seed: 7, classes: 3, annotators: 4, rows: 40, labelled: 0.6, sharpness: 4 },
  { name: 'two annotators', seed: 8, classes: 3, annotators: 2, rows: 25, labelled: 0.6, sharpness: 1 }
]

/** Examples without votes in an annotator case. */
const unlabelledRows = 5

/** Columns of votes (every example and annotator has one), the model's probabilities, and those of the examples without votes. */
export function drawAnnotatorCase({ seed, classes, annotators, rows, labelled, sharpness }: AnnotatorCase) {
  const random = stream(seed, 'annotator-case')
  const accuracies = Array.from({ length: annotators }, () => 0.4 + 0.55 * random.uniform())
  const truth = Int32Array.from({ length: rows }, () => random.integer(classes))
  const votes = accuracies.map((accuracy) => Int32Array.from(truth, (label) => (random.bernoulli(labelled) ? (random.bernoulli(accuracy) ? label : random.integer(classes)) : -1)))
  for (let i = 0; i < rows; i++) if (votes.every((column) => column[i] === -1)) (votes[i % annotators] as Int32Array)[i] = truth[i] as number
  const model = (label: number): number[] => roundToUnit(softmax(Array.from({ length: classes }, (_, c) => sharpness * (random.normal() + (c === label ? 1.5 : 0)))), unit)
  const probabilities = Float64Array.from(Array.from(truth, model).flat())
  const unlabelled = Float64Array.from(Array.from({ length: unlabelledRows }, () => model(random.integer(classes))).flat())
  return { votes, model: { rows, classes, probabilities }, unlabelled: { rows: unlabelledRows, classes, probabilities: unlabelled } }
}

function softmax(logits: readonly number[]): number[] {
  const exponentials = logits.map(Math.exp)
  const sum = exponentials.reduce((total, value) => total + value, 0)
  return exponentials.map((value) => value / sum)
}

/** Rounds down to multiples of the unit and gives what is missing to the highest. */
function roundToUnit(row: readonly number[], unitOfRow: number): number[] {
  const steps = Math.round(1 / unitOfRow)
  const counts = row.map((p) => Math.floor(p * steps))
  const highest = counts.indexOf(Math.max(...counts))
  counts[highest] = steps - counts.reduce((sum, count, c) => (c === highest ? sum : sum + count), 0)
  return counts.map((count) => count / steps)
}

function relabel(label: number, row: number, { classes, absent, single }: ConfidentCase): number {
  if (single !== undefined) return row === 0 ? single : label === single ? (label + 1) % classes : label
  return label === absent ? (label + 1) % classes : label
}

/** Moves the probability of the given class where the case wants that. */
function shift(row: number[], label: number, { classes, hopeless, onThreshold }: ConfidentCase): number[] {
  if (label === hopeless) {
    const moved = row[label] as number
    row[label] = 0
    row[(label + 1) % classes] = (row[(label + 1) % classes] as number) + moved
  }
  return onThreshold === true ? row.map((_, c) => (c === label ? 0.5 : c === (label + 1) % classes ? 0.375 : 0.125 / (classes - 2))) : row
}

/** A stream for draws beside the cases. */
export const testStream = (...path: string[]): Stream => stream(0, 'noise-tests', ...path)
