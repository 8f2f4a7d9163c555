import { parse } from 'node:path'
import * as v from 'valibot'
import { BenchError } from '../../shared/contract/errors.ts'
import type { Dataset } from '../../shared/domain/dataset.ts'
import type { ImportedVotes } from '../../shared/domain/labeling-function.ts'
import { VoteImport } from '../../shared/domain/votes.ts'
import { readVoteFile, type ReadVotes, voteFormatOf } from '../labels/read-vote-file.ts'
import { matchClasses, matchLines } from '../labels/vote-rows.ts'
import type { Bench } from '../store/bench.ts'
import { textAt } from '../store/text-chunk.ts'
import { classNames } from './function-data.ts'
import type { JobContext } from './job-context.ts'
import { sendVotesDataset } from './votes-dataset.ts'

interface Imported {
  readonly functions: number
  readonly rows: number
  readonly matchedBy: 'id' | 'position'
}

/**
 * Makes the functions of a vote file labeling functions of a data set, with their votes. Everything is read and checked before anything is
 * sent, so that a file that does not fit, or a cancelled job, leaves nothing.
 */
export async function importVotes(context: JobContext): Promise<Imported> {
  const request = v.parse(VoteImport, context.input)
  const format = request.format ?? voteFormatOf(request.path)
  context.progress(0, 3, 'steps', 'reading votes')
  if (request.datasetId === null) {
    if (format === 'csv') throw new BenchError('invalid-input', 'A vote file in CSV holds no examples to make a data set of.', { field: 'datasetId', hint: 'Import the data first, then the votes into it.' })
    const votes = await readVoteFile(request.path, format)
    await context.breathe()
    await sendVotesDataset(context, request.path, request.name ?? nameOf(request.path), votes)
    const rows = Int32Array.from({ length: votes.rows }, (_, row) => row)
    sendVotes(context, null, { votes, rows, count: votes.rows, positions: votes.named?.classNames.map((_, position) => position) ?? null, labels: true })
    context.send({ type: 'dataset-complete' })
    context.progress(3, 3, 'steps', 'imported')
    return { functions: votes.functions.length, rows: votes.rows, matchedBy: 'position' }
  }
  const dataset = context.bench.datasets.get(request.datasetId)
  if (dataset === undefined) throw new BenchError('not-found', `There is no data set ${request.datasetId}.`, { field: 'datasetId' })
  const votes = await readVoteFile(request.path, format, format === 'csv' ? classNames(dataset).length : undefined)
  await context.breathe()
  context.progress(1, 3, 'steps', 'matching rows')
  const { by, rows } = matchLines({ file: votes.file, count: votes.rows, ids: votes.ids }, { name: dataset.name, count: dataset.count, idOf: idsOf(context.bench, dataset) }, request.match)
  const positions = votes.named === null ? null : matchClasses(votes.file, votes.named.classNames, dataset)
  await context.breathe()
  context.progress(2, 3, 'steps', 'storing votes')
  context.log('info', `${votes.rows.toLocaleString('en')} rows of ${votes.file} matched ${by === 'id' ? 'by id' : 'by position'}; ${(dataset.count - votes.rows).toLocaleString('en')} of ${dataset.count.toLocaleString('en')} examples are not in it.`)
  sendVotes(context, dataset.id, { votes, rows, count: dataset.count, positions, labels: request.labels })
  context.send({ type: 'dataset-changed', datasetId: dataset.id })
  context.progress(3, 3, 'steps', 'imported')
  return { functions: votes.functions.length, rows: votes.rows, matchedBy: by }
}

/** A data set is called after its folder where the file has the name of a split, as in WRENCH's own layout. */
function nameOf(path: string): string {
  const { dir, name } = parse(path)
  const folder = parse(dir).base
  return /^(train|valid|test|dev)$/i.test(name) && folder !== '' ? `${folder} ${name}` : name
}

/** The ids of the examples as text; null where the data set has no id column. */
export function idsOf(bench: Bench, dataset: Dataset): ((row: number) => string | null) | null {
  const column = bench.columns.list(dataset.id).find(({ role }) => role === 'id')
  if (column === undefined) return null
  if (column.type === 'text') {
    const texts = bench.columns.texts(dataset.id, column.position)
    return (row) => textAt(texts, row)
  }
  const numbers = bench.columns.numbers(dataset.id, column.position, dataset.count)
  return (row) => (Number.isNaN(numbers[row] ?? Number.NaN) ? null : String(numbers[row]))
}

interface MatchedVotes {
  readonly votes: ReadVotes
  /** The example of every line, and how many examples there are. */
  readonly rows: Int32Array
  readonly count: number
  /** The data set's class of each of the file's; null: they are the same. */
  readonly positions: readonly number[] | null
  /** Whether the file's labels come too. */
  readonly labels: boolean
}

/** Sends the votes of every function, then the functions themselves, all at once: a file never arrives in part. */
function sendVotes(context: JobContext, datasetId: string | null, { votes, rows, count, positions, labels }: MatchedVotes): void {
  const spread = (values: ArrayLike<number>): Int32Array => {
    const out = new Int32Array(count).fill(-1)
    for (let line = 0; line < rows.length; line++) {
      const vote = values[line] ?? -1
      out[rows[line] ?? 0] = vote < 0 ? -1 : positions === null ? vote : (positions[vote] ?? -1)
    }
    return out
  }
  const functions = votes.functions.map(({ name, votes: cast }) => {
    const versions = datasetId === null ? [] : context.bench.functions.allVersionIds(datasetId, name)
    const source = `${name} v${versions.length + 1}`
    context.send({ type: 'label-batch', datasetId, kind: 'labeling-function', source, start: 0, rows: null, labels: spread(cast), confidence: null })
    const definition: ImportedVotes = { kind: 'imported', file: votes.file, column: name }
    return { name, source, definition }
  })
  const truth = votes.named?.truth
  if (labels && truth !== undefined && truth.some((label) => label >= 0)) {
    const kept = rows.filter((_, line) => (truth[line] ?? -1) >= 0)
    const spreadTruth = spread(truth)
    context.send({ type: 'label-batch', datasetId, kind: 'truth', source: 'truth', start: 0, rows: kept, labels: kept.map((row) => spreadTruth[row] ?? -1), confidence: null })
  }
  context.send({ type: 'votes-imported', datasetId, functions })
}
