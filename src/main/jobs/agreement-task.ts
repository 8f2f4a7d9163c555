import * as v from 'valibot'
import { BenchError } from '../../shared/contract/errors.ts'
import type { AgreementReport } from '../../shared/domain/annotation.ts'
import { agreementOf } from '../labels/agreement.ts'
import { consensusOf } from '../labels/consensus.ts'
import { columnOf, voteMatrix } from '../labels/vote-matrix.ts'
import type { Bench } from '../store/bench.ts'
import { classNames } from './function-data.ts'

const Input = v.object({ datasetId: v.string(), sourceIds: v.pipe(v.array(v.string()), v.minLength(2)) })

/** Conflicts that are listed. */
const listedConflicts = 1000

/** How far label sources agree, how good each is by Dawid and Skene's model, and the examples they label differently, least certain first. */
export function agreement(input: unknown, bench: Bench): Promise<AgreementReport> {
  const { datasetId, sourceIds } = v.parse(Input, input)
  const dataset = bench.datasets.get(datasetId)
  if (dataset === undefined) throw new BenchError('not-found', `There is no data set ${datasetId}.`)
  const sources = sourceIds.map((id) => {
    const source = bench.labels.source(id)
    if (source === undefined) throw new BenchError('not-found', `There is no label source ${id}.`, { field: 'sourceIds' })
    return source
  })
  const votes = voteMatrix(sources.map(({ name }) => name), sources.map(({ id }) => bench.labels.inForce(id)), Math.max(2, classNames(dataset).length))
  const { shared, fleissKappa, krippendorffAlpha, pairs } = agreementOf(votes)
  const consensus = consensusOf(votes)
  const columns = sources.map((_, column) => columnOf(votes, column))
  const conflicts = conflictingRows(columns, dataset.count).sort((a, b) => (consensus.confidence[a] ?? 0) - (consensus.confidence[b] ?? 0) || a - b)
  return Promise.resolve({
    annotators: sources.map(({ id, name }, place) => ({ sourceId: id, name, labelled: consensus.annotators[place]?.labelled ?? 0, quality: consensus.annotators[place]?.accuracy ?? null })),
    shared,
    fleissKappa,
    krippendorffAlpha,
    pairs,
    conflicts: conflicts.slice(0, listedConflicts).map((row) => ({ row, labels: columns.map((column) => column[row] ?? -1), consensus: consensus.classes[row] ?? -1, confidence: consensus.confidence[row] ?? 0 })),
    conflictCount: conflicts.length
  })
}

/** Rows that at least two sources label, not all alike. */
function conflictingRows(columns: readonly ArrayLike<number>[], rows: number): number[] {
  const found: number[] = []
  for (let row = 0; row < rows; row++) {
    let first = -1
    for (const column of columns) {
      const label = column[row] ?? -1
      if (label < 0) continue
      if (first < 0) first = label
      else if (label !== first) {
        found.push(row)
        break
      }
    }
  }
  return found
}
