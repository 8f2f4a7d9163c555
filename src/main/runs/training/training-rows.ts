import { splits } from '../../../shared/domain/dataset.ts'
import type { TrainingArm, TrainingConfig } from '../../../shared/domain/training.ts'
import { BenchError } from '../../../shared/contract/errors.ts'
import { stratifiedSplits } from '../../datasets/stratified-splits.ts'

/** Labels to train on: class positions a row (-1: none), and class probabilities (rows x classes) where they are soft. */
export interface ArmTargets {
  readonly labels: Int32Array
  readonly probabilities: Float32Array | null
}

/** What choosing rows needs to know of a data set; every array has one entry a row. */
export interface RowFacts {
  /** Index into `splits`, -1 where the row is not pinned. */
  readonly pinned: Int8Array
  /** 1 where the configuration's filter matches; null: everywhere. */
  readonly matches: Uint8Array | null
  /** Class position to be judged by, -1 where it is not known. */
  readonly truth: Int32Array
}

/** Rows of one arm, ascending. */
export interface ArmRows {
  readonly train: Int32Array
  readonly validation: Int32Array
}

const pinnedTo = (split: (typeof splits)[number]): number => splits.indexOf(split)

/**
 * Rows to test on: those pinned to the test split that can be judged; where nothing is pinned there, a stratified share of the rows
 * that can be judged, the same for every seed of a run. Rows left out of every experiment are in neither.
 *
 * @throws BenchError `bad-data` where no row can be judged
 */
export function testRows({ pinned, truth }: RowFacts, { testShare, splitSeed }: Pick<TrainingConfig, 'testShare' | 'splitSeed'>): Int32Array {
  const test = pinnedTo('test')
  const judged = rowsWhere(truth, (label) => label >= 0)
  if (pinned.includes(test)) return someRow(judged.filter((row) => pinned[row] === test), 'None of the examples pinned to the test split has a label to be judged by.')
  const free = judged.filter((row) => pinned[row] !== pinnedTo('none'))
  const labels = free.map((row) => truth[row] ?? -1)
  const dealt = stratifiedSplits(labels, [testShare], splitSeed)
  return someRow(free.filter((_, place) => dealt[place] === 0), 'No example has a label to be judged by.')
}

/**
 * Rows an arm trains on: labelled by the arm's source, matching the filter, in the arm's split, not tested on and not left out; of
 * those, a stratified share is held back for validation, and of the rest at most `examples` are kept.
 *
 * @param isTest 1 for rows that are tested on
 * @throws BenchError `bad-data` where no row is left
 */
export function armRows({ pinned, matches }: RowFacts, isTest: Uint8Array, arm: TrainingArm, targets: ArmTargets, config: Pick<TrainingConfig, 'validationShare' | 'splitSeed'>, seed: number): ArmRows {
  const { labels } = targets
  const wanted = arm.rows === 'all' ? null : pinnedTo(arm.rows)
  const eligible = rowsWhere(labels, (label, row) => label >= 0 && isTest[row] !== 1 && pinned[row] !== pinnedTo('none') && (matches === null || matches[row] === 1) && (wanted === null || pinned[row] === wanted))
  if (eligible.length === 0) {
    const of = arm.rows === 'all' ? '' : ` in the ${arm.rows} split`
    throw new BenchError('bad-data', `"${arm.name}" has no example to train on: none${of} has a label of its source and is not tested on.`, { field: `arms.${arm.name}`, hint: 'Choose another label source, split or filter, or label some examples.' })
  }
  const held = deal(eligible, labels, config.validationShare, config.splitSeed + 1)
  const rest = held.outside
  const kept = arm.examples === 0 || arm.examples >= rest.length ? rest : deal(rest, labels, arm.examples / rest.length, seed).inside
  return { train: someRow(kept, `"${arm.name}" has no example left to train on once ${held.inside.length} are held back for validation.`), validation: held.inside }
}

function deal(rows: Int32Array, labels: Int32Array, share: number, seed: number): { readonly inside: Int32Array; readonly outside: Int32Array } {
  if (share === 0) return { inside: new Int32Array(0), outside: rows }
  const dealt = stratifiedSplits(rows.map((row) => labels[row] ?? -1), [share], seed)
  return { inside: rows.filter((_, place) => dealt[place] === 0), outside: rows.filter((_, place) => dealt[place] !== 0) }
}

function rowsWhere(labels: Int32Array, wanted: (label: number, row: number) => boolean): Int32Array {
  const rows = new Int32Array(labels.length)
  let count = 0
  labels.forEach((label, row) => {
    if (wanted(label, row)) rows[count++] = row
  })
  return rows.slice(0, count)
}

function someRow(rows: Int32Array, otherwise: string): Int32Array {
  if (rows.length === 0) throw new BenchError('bad-data', otherwise, { hint: 'Choose the labels that test examples are judged by, or pin examples to the test split.' })
  return rows
}
