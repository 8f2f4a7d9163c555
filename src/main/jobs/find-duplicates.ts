import * as v from 'valibot'
import { BenchError } from '../../shared/contract/errors.ts'
import type { DuplicateReport } from '../../shared/domain/data-view.ts'
import type { Dataset } from '../../shared/domain/dataset.ts'
import { differenceHash } from '../datasets/duplicates/difference-hash.ts'
import type { DuplicateGroup } from '../datasets/duplicates/duplicate-groups.ts'
import { ExactDuplicates } from '../datasets/duplicates/exact-duplicates.ts'
import { nearDuplicateTexts, shinglesOf } from '../datasets/duplicates/min-hash.ts'
import { nearDuplicateImages } from '../datasets/duplicates/near-images.ts'
import type { JobContext } from './job-context.ts'

const Input = v.object({ datasetId: v.string() })

/** Rows looked at between two breaths, and groups that a report lists. */
const blockRows = 1024
const listedGroups = 1000

/** Finds examples that are the same, pictures that look the same and texts that say the same, and stores a report of them. */
export async function findDuplicates(context: JobContext): Promise<readonly DuplicateReport[]> {
  const { datasetId } = v.parse(Input, context.input)
  const dataset = context.bench.datasets.get(datasetId)
  if (dataset === undefined) throw new BenchError('not-found', `There is no data set ${datasetId}.`)
  const reader = new RowReader(context, dataset)
  const exact = new ExactDuplicates(dataset.count)
  const hashes = new Uint32Array(dataset.kind === 'image' ? 2 * dataset.count : 0)
  const shingles: Uint32Array[] = []
  for (let start = 0; start < dataset.count; start += blockRows) {
    const block = reader.read(start, Math.min(blockRows, dataset.count - start))
    block.forEach(({ content, pixels, text }, index) => {
      exact.add(start + index, content)
      if (pixels !== null) hashes.set(differenceHash(pixels, dataset.shape), 2 * (start + index))
      if (text !== null) shingles.push(shinglesOf(text))
    })
    context.progress(start + block.length, dataset.count * 1.2, 'rows', 'reading rows')
    await context.breathe()
  }
  context.progress(dataset.count, dataset.count * 1.2, 'rows', 'comparing')
  await context.breathe()
  const reports = [reportOf('exact', { groups: exact.groups(), complete: true })]
  if (dataset.kind === 'image') reports.push(reportOf('image', nearDuplicateImages(hashes)))
  if (shingles.length === dataset.count) reports.push(reportOf('text', nearDuplicateTexts(shingles)))
  context.send({ type: 'dataset-report', datasetId, kind: 'duplicates', report: reports })
  context.send({ type: 'dataset-changed', datasetId })
  context.progress(dataset.count, dataset.count, 'rows', 'compared')
  return reports
}

const reportOf = (kind: DuplicateReport['kind'], { groups, complete }: { readonly groups: readonly DuplicateGroup[]; readonly complete: boolean }): DuplicateReport => ({
  at: Date.now(),
  kind,
  groups: groups.slice(0, listedGroups),
  extra: groups.reduce((sum, { rows }) => sum + rows.length - 1, 0),
  total: groups.length,
  complete
})

/** A row as the three comparisons need it. */
interface ComparedRow {
  readonly content: readonly (Uint8Array | string | null)[]
  readonly pixels: Uint8Array | Float32Array | null
  readonly text: string | null
}

/** Reads rows with what makes them what they are: features and texts, not ids, paths or notes. */
class RowReader {
  readonly #context: JobContext
  readonly #dataset: Dataset
  readonly #width: number

  constructor(context: JobContext, dataset: Dataset) {
    this.#context = context
    this.#dataset = dataset
    this.#width = dataset.shape.reduce((product, size) => product * size, 1)
  }

  read(start: number, count: number): readonly ComparedRow[] {
    const { bench } = this.#context
    const rows = Int32Array.from({ length: count }, (_, index) => start + index)
    const features = bench.datasets.features(this.#dataset, rows)
    const texts = bench.columns.list(this.#dataset.id).filter(({ role }) => role === 'text').map((column) => bench.columns.slice(this.#dataset.id, column, rows).values)
    return Array.from(rows, (_, index) => {
      const own = features.subarray(index * this.#width, (index + 1) * this.#width)
      const words = texts.map((values) => (typeof values[index] === 'string' ? values[index] : null))
      return {
        content: [...(this.#width === 0 ? [] : [new Uint8Array(own.buffer, own.byteOffset, own.byteLength)]), ...words],
        pixels: this.#dataset.kind === 'image' ? own : null,
        text: texts.length === 0 ? null : words.join('\n')
      }
    })
  }
}
