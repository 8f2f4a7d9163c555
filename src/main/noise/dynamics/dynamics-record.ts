import { BenchError } from '../../../shared/contract/errors.ts'

/**
 * What training showed of each example, epoch by epoch: plain arrays, so that a checkpoint holds them as they are. Both are
 * epochs x examples, row-major, NaN where an example was not seen in an epoch.
 */
export interface DynamicsRecord {
  readonly examples: number
  /** Epochs there is room for. */
  readonly epochs: number
  /** Probability of the given label. */
  readonly probability: Float32Array
  /** Logit of the given label minus the largest other logit; the example is classified as labelled where it is above 0. */
  readonly margin: Float32Array
}

/** A record in which nothing has been seen. It takes 8 bytes an example and epoch. */
export function emptyRecord(examples: number, epochs: number): DynamicsRecord {
  const empty = (): Float32Array => new Float32Array(examples * epochs).fill(Number.NaN)
  return { examples, epochs, probability: empty(), margin: empty() }
}

/**
 * Records a batch in place, from the logits that the training step computes anyway: O(B K), a second record of the same
 * example in the same epoch replaces the first.
 *
 * @param rows positions in the training set, [B]
 * @param logits before the update, B x K, row-major
 * @param labels given labels of the whole training set
 */
export function recordBatch(record: DynamicsRecord, epoch: number, rows: Int32Array, logits: Float32Array, labels: Int32Array): void {
  const { examples, epochs, probability, margin } = record
  if (!(epoch >= 0 && epoch < epochs)) throw new RangeError(`The record has room for ${epochs} epochs, not for epoch ${epoch}.`)
  const classes = logits.length / rows.length
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    const start = i * classes
    const given = labels[row] as number
    const own = logits[start + given] as number
    let other = -Infinity
    for (let k = 0; k < classes; k++) if (k !== given && (logits[start + k] as number) > other) other = logits[start + k] as number
    const top = Math.max(own, other)
    let sum = 0
    for (let k = 0; k < classes; k++) sum += Math.exp((logits[start + k] as number) - top)
    probability[epoch * examples + row] = Math.exp(own - top) / sum
    margin[epoch * examples + row] = own - other
  }
}

/** The numbers of one example over the epochs, for a sparkline. */
export function courseOf(values: Float32Array, { examples, epochs }: DynamicsRecord, row: number): Float32Array {
  return Float32Array.from({ length: epochs }, (_, epoch) => values[epoch * examples + row] as number)
}

/** Epochs of a record to look at: from, up to but without to. All by default. */
export interface EpochRange {
  readonly from?: number
  readonly to?: number
}

/**
 * Visits what was seen, epoch after epoch, and counts it.
 *
 * @returns how many epochs each example was seen in
 * @throws BenchError `bad-data` naming the first example (row from 1) that was never seen
 */
export function visitSeen(record: DynamicsRecord, values: Float32Array, visit: (row: number, value: number) => void, range: EpochRange = {}): Int32Array {
  const { examples, epochs } = record
  const counts = new Int32Array(examples)
  for (let epoch = range.from ?? 0; epoch < Math.min(epochs, range.to ?? epochs); epoch++) {
    for (let row = 0; row < examples; row++) {
      const value = values[epoch * examples + row] as number
      if (Number.isNaN(value)) continue
      counts[row] = (counts[row] as number) + 1
      visit(row, value)
    }
  }
  const unseen = counts.indexOf(0)
  if (unseen >= 0) {
    throw new BenchError('bad-data', `Training never saw the example in row ${unseen + 1}, so that its course is unknown.`, {
      field: `row ${unseen + 1}`,
      hint: 'Train for at least one whole epoch, without leaving out the last batch.'
    })
  }
  return counts
}

/** Mean over the epochs in which each example was seen. */
export function meansOverEpochs(record: DynamicsRecord, values: Float32Array, range: EpochRange = {}): Float64Array {
  const sums = new Float64Array(record.examples)
  const counts = visitSeen(record, values, (row, value) => (sums[row] = (sums[row] as number) + value), range)
  return sums.map((sum, row) => sum / (counts[row] as number))
}
