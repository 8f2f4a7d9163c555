import { createHash } from 'node:crypto'
import { BenchError } from '../../shared/contract/errors.ts'
import { classColor, classKey } from '../../shared/domain/class-looks.ts'
import type { DatasetColumn } from '../../shared/domain/column.ts'
import type { ImportRole } from '../../shared/domain/import.ts'
import { JsonColumnInference } from '../datasets/formats/json-columns.ts'
import { JsonRows } from '../datasets/formats/json-rows.ts'
import type { JsonObject } from '../datasets/formats/json-value.ts'
import type { SourceBatch, SourceColumn } from '../datasets/formats/source-file.ts'
import { layOutFeatures } from '../datasets/importing/feature-layout.ts'
import { guessRoles, mapColumns } from '../datasets/importing/import-mapping.ts'
import { type RowBlock, RowBuilder } from '../datasets/importing/row-builder.ts'
import { sampleOf } from '../datasets/importing/sample-values.ts'
import { ColumnSummary } from '../datasets/view/column-statistics.ts'
import type { ReadVotes } from '../labels/read-vote-file.ts'
import { wrenchData } from '../labels/wrench-files.ts'
import { columnChunkRows, packColumn } from '../store/columns.ts'
import type { JobContext } from './job-context.ts'

/** Rows whose values tell what a column is for. */
const sampledRows = 100

/**
 * Makes a data set of what the examples of a WRENCH file hold under `data`: texts, numbers and features as columns, and the ids. The
 * caller adds labels and completes it. The file is read twice, so that memory stays bounded.
 *
 * @throws BenchError `bad-data` where there is nothing to learn from, or an example does not fit
 */
export async function sendVotesDataset(context: JobContext, path: string, name: string, votes: ReadVotes): Promise<void> {
  const idColumn = await idColumnName(path)
  const columns = await columnsOf(context, path, idColumn, votes)
  let sending: Sending | undefined
  const take = (batch: SourceBatch): void => {
    const [bad] = batch.rejected
    if (bad !== undefined) throw new BenchError('bad-data', `${votes.file}, row ${bad.row}: ${bad.reason}`, { field: `row ${bad.row}, column ${bad.column ?? 'data'}`, hint: 'Put it right or take the example out.' })
    sending ??= new Sending(context, columns, rolesOf(columns, batch, idColumn), { name, path })
    sending.take(batch)
  }
  const rows = new JsonRows(columns, false)
  let done = 0
  for await (const { id, data } of wrenchData(path)) {
    rows.add({ ...(data as JsonObject), [idColumn]: id }, { line: null, excerpt: () => id })
    done++
    if (!rows.full) continue
    take(rows.take(done / votes.rows))
    context.progress(done, votes.rows, 'rows', 'storing examples')
    await context.breathe()
  }
  if (!rows.empty) take(rows.take(1))
  sending?.settle(votes.named?.classNames ?? [])
}

/** A name for the column of ids that no field of the first example has. */
async function idColumnName(path: string): Promise<string> {
  for await (const { data } of wrenchData(path)) return ['id', 'wrench id', 'wrench id 2'].find((name) => !(name in data)) ?? 'id'
  return 'id'
}

async function columnsOf(context: JobContext, path: string, idColumn: string, votes: ReadVotes): Promise<readonly SourceColumn[]> {
  const inference = new JsonColumnInference()
  let done = 0
  for await (const { data } of wrenchData(path)) {
    inference.see(data as JsonObject)
    if (++done % 1024 === 0) context.progress(done, 3 * votes.rows, 'rows', 'looking at examples')
    await context.breathe()
  }
  return [{ name: idColumn, type: 'text' }, ...inference.columns().filter(({ name }) => name !== idColumn)]
}

/** Texts first; arrays are features only where the example says so by name or has nothing else, since WRENCH keeps spans of words beside texts. */
function rolesOf(columns: readonly SourceColumn[], first: SourceBatch, idColumn: string): readonly ImportRole[] {
  const guesses = guessRoles(columns, 'json-lines', first.columns.map((values) => sampleOf(values, sampledRows)))
  const roles = columns.map(({ name, type }, index): ImportRole => {
    if (name === idColumn) return 'id'
    if (type === 'text' && name.toLowerCase() === 'text') return 'text'
    const guess = guesses[index] ?? 'meta'
    return guess === 'text' || guess === 'feature' ? guess : 'meta'
  })
  const hasTexts = roles.includes('text')
  return roles.map((role, index) => {
    const { name, type } = columns[index] ?? { name: '', type: 'text' }
    if (type === 'array' && hasTexts && !/^features?$/i.test(name)) return 'ignore'
    return type === 'number' && hasTexts ? 'meta' : role
  })
}

/** A data set on its way to main, block by block; its content hash follows from features and columns as that of any import. */
class Sending {
  readonly #context: JobContext
  readonly #builder: RowBuilder
  readonly #hash = createHash('sha256')
  readonly #columns: readonly Omit<DatasetColumn, 'statistics'>[]
  readonly #summaries: readonly ColumnSummary[]

  constructor(context: JobContext, source: readonly SourceColumn[], roles: readonly ImportRole[], { name, path }: { readonly name: string; readonly path: string }) {
    this.#context = context
    const mapped = mapColumns(source, roles, null)
    const stored = mapped.filter((column) => column.source.type !== 'array' && column.role !== 'ignore')
    const layout = layOutFeatures(mapped)
    this.#columns = stored.map(({ source: column, role }, position) => ({ position, name: column.name, type: column.type === 'number' ? 'number' : 'text', role: role === 'feature' || role === 'text' || role === 'id' ? role : 'meta' }))
    this.#summaries = this.#columns.map(({ type }) => new ColumnSummary(type))
    this.#builder = new RowBuilder(layout, stored.map(({ index }) => index), columnChunkRows, (block) => this.#send(block))
    this.#hash.update(JSON.stringify([layout.kind, layout.dtype, layout.shape, stored.map(({ source: column, role }) => [column.name, column.type, role])]))
    context.send({ type: 'dataset-begin', dataset: { name, kind: layout.kind, shape: layout.shape, dtype: layout.dtype, count: 0, classes: [], featureHash: '', source: path, license: '' } })
  }

  take({ columns, rowNumbers }: SourceBatch): void {
    this.#builder.take(columns, 0, rowNumbers.length)
  }

  #send({ start, count, features, columns }: RowBlock): void {
    const packed = columns.map(packColumn)
    this.#hash.update(features)
    packed.forEach((column) => this.#hash.update(column.type === 'text' ? column.packed : column.values))
    columns.forEach((column, place) => this.#summaries[place]?.add(column))
    this.#context.send({ type: 'dataset-grow', count: start + count })
    if (features.length > 0) this.#context.send({ type: 'dataset-features', start, count, data: features })
    this.#context.send({ type: 'dataset-column-chunk', start, count, columns: packed.map((column, position) => ({ position, column })) })
  }

  settle(classNames: readonly string[]): void {
    this.#builder.finish()
    this.#context.send({ type: 'dataset-columns', columns: this.#columns.map((column, place) => ({ ...column, statistics: this.#summaries[place]?.finish() ?? new ColumnSummary('number').finish() })) })
    this.#hash.update(JSON.stringify(classNames))
    this.#context.send({ type: 'dataset-settle', featureHash: this.#hash.digest('hex'), classes: classNames.map((name, position) => ({ position, name, color: classColor(position), key: classKey(position) })) })
  }
}
