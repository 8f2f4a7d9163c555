import { readFile, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { BenchError } from '../../../shared/contract/errors.ts'
import { badData, throwIfCancelled } from './bad-data.ts'
import { openBytes, type BytesFile } from './bytes-file.ts'
import { batchOf } from './row-batches.ts'
import { batchRows, type ColumnValues, type RejectedRow, type SourceBatch, type SourceColumn, type SourceFile } from './source-file.ts'

const side = 32
const plane = side * side
const imageBytes = 3 * plane

/** A label byte of a record: its column, how many classes it may name, and the class names where they are known. */
interface CifarLabel {
  readonly name: string
  readonly classes: number
  readonly nameColumn: string
  readonly names: readonly string[] | null
}

/** CIFAR-10: one label byte. CIFAR-100: the coarse label, then the fine one. Source: https://www.cs.toronto.edu/~kriz/cifar.html */
const variants = {
  10: [{ name: 'label', classes: 10, nameColumn: 'class', file: 'batches.meta.txt' }],
  100: [
    { name: 'coarse_label', classes: 20, nameColumn: 'coarse_class', file: 'coarse_label_names.txt' },
    { name: 'label', classes: 100, nameColumn: 'class', file: 'fine_label_names.txt' }
  ]
} as const

type Variant = keyof typeof variants

/**
 * Opens the binary version of CIFAR-10 or CIFAR-100: one batch file, or a folder of them (in name order). Columns: `image` (uint8, 32 x 32 x 3,
 * channels together), `label` (number; of CIFAR-100 also `coarse_label`), `class` (the label's name, where the file of names lies beside), and
 * of a folder `split` (`train` or `test`, by file name).
 *
 * @throws BenchError `bad-data` where a file is no whole number of records; labels out of range are rejected row by row
 */
export async function openCifar(path: string): Promise<SourceFile> {
  const { folder, names, isFolder } = await batchFiles(path)
  const files: BytesFile[] = []
  try {
    for (const name of names) files.push(await openBytes(join(folder, name)))
    return cifarSource(files, { isFolder, labelNames: await readNames(folder) })
  } catch (error) {
    for (const file of files) await file.close()
    throw error
  }
}

async function batchFiles(path: string): Promise<{ folder: string, names: readonly string[], isFolder: boolean }> {
  const found = await stat(path).catch(() => null)
  if (found === null) throw new BenchError('not-found', `There is no file or folder ${path}.`, { hint: 'Check the path.' })
  if (!found.isDirectory()) return { folder: dirname(path), names: [basename(path)], isFolder: false }
  const names = (await readdir(path)).filter((name) => /^(data_batch_\d+|test_batch|train|test)\.bin$/.test(name))
  if (names.length === 0) throw badData(basename(path), 'the folder holds no CIFAR batches (data_batch_1.bin, test_batch.bin, train.bin ...).', { hint: 'Choose the folder that the archive unpacks to.' })
  return { folder: path, names: names.sort((left, right) => left.localeCompare(right, 'en', { numeric: true })), isFolder: true }
}

/** Class names a line each, by the name of their file; files that are absent or too large are left out. */
async function readNames(folder: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>()
  for (const { file } of Object.values(variants).flat()) {
    const path = join(folder, file)
    const size = await stat(path).then((each) => (each.isFile() ? each.size : Infinity), () => Infinity)
    if (size > 1 << 16) continue
    const text = await readFile(path, 'utf8')
    found.set(file, text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== ''))
  }
  return found
}

export interface CifarContext {
  readonly isFolder: boolean
  /** Lines of the files of class names, by file name. */
  readonly labelNames: ReadonlyMap<string, readonly string[]>
}

/** The same of batch files that are open already; closing the source closes them. */
export function cifarSource(files: readonly BytesFile[], { isFolder, labelNames }: CifarContext): SourceFile {
  const variant = variantOf(files)
  const record = variants[variant].length + imageBytes
  for (const { name, size } of files) {
    if (size === 0 || size % record !== 0) throw badData(name, `${size} bytes are no whole number of CIFAR-${variant} records of ${record} bytes; ${Math.floor(size / record)} fit.`, { field: `byte ${size - (size % record)}` })
  }
  const labels = variants[variant].map(({ file, ...label }): CifarLabel => {
    const names = labelNames.get(file)
    return { ...label, names: names?.length === label.classes ? names : null }
  })
  const columns: readonly SourceColumn[] = [
    { name: 'image', type: 'array', shape: [side, side, 3], dtype: 'uint8' },
    ...labels.flatMap(({ name, nameColumn, names }): SourceColumn[] => [{ name, type: 'number' }, ...(names === null ? [] : [{ name: nameColumn, type: 'text' } as const])]),
    ...(isFolder ? [{ name: 'split', type: 'text' } as const] : [])
  ]
  const bytes = files.reduce((sum, file) => sum + file.size, 0)
  return {
    format: 'cifar-10',
    columns,
    rows: bytes / record,
    bytes,
    warnings: [],
    batches: (signal) => readBatches(files, { labels, columns, isFolder, rows: bytes / record }, signal),
    async close() {
      for (const file of files) await file.close()
    }
  }
}

/** CIFAR-100's files are called train.bin and test.bin; of other names the size decides, which fits both only every 9.4 million bytes. */
function variantOf(files: readonly BytesFile[]): Variant {
  const [first] = files
  if (first === undefined || /_batch/.test(first.name)) return 10
  if (/^(train|test)\.bin$/.test(first.name)) return 100
  return first.size % (1 + imageBytes) !== 0 && first.size % (2 + imageBytes) === 0 ? 100 : 10
}

interface CifarLayout {
  readonly labels: readonly CifarLabel[]
  readonly columns: readonly SourceColumn[]
  readonly isFolder: boolean
  readonly rows: number
}

async function* readBatches(files: readonly BytesFile[], layout: CifarLayout, signal: AbortSignal | undefined): AsyncGenerator<SourceBatch> {
  const record = layout.labels.length + imageBytes
  let done = 0
  for (const file of files) {
    const rows = file.size / record
    for (let row = 0; row < rows;) {
      throwIfCancelled(signal)
      const count = Math.min(batchRows, rows - row)
      const bytes = await file.read(row * record, count * record)
      const labelValues = layout.labels.flatMap((label, index) => labelColumns(label, bytes, index, record))
      const split: ColumnValues[] = layout.isFolder ? [{ type: 'text', values: new Array<string>(count).fill(/^test/.test(file.name) ? 'test' : 'train') }] : []
      const values = [interleaved(bytes, layout.labels.length, count), ...labelValues, ...split]
      const rejected = layout.labels.flatMap((label, index) => outOfRange(label, bytes, index, record, done + 1))
      yield batchOf(layout.columns, { firstRow: done + 1, count, values, rejected, fraction: (done + count) / layout.rows })
      row += count
      done += count
    }
  }
}

/** The three planes of each record (all red, all green, all blue) as pixels with their channels together. */
function interleaved(bytes: Uint8Array, labelBytes: number, count: number): ColumnValues {
  const values = new Uint8Array(count * imageBytes)
  for (let row = 0; row < count; row++) {
    const from = row * (labelBytes + imageBytes) + labelBytes
    const to = row * imageBytes
    for (let pixel = 0; pixel < plane; pixel++) {
      values[to + 3 * pixel] = bytes[from + pixel] ?? 0
      values[to + 3 * pixel + 1] = bytes[from + plane + pixel] ?? 0
      values[to + 3 * pixel + 2] = bytes[from + 2 * plane + pixel] ?? 0
    }
  }
  return { type: 'array', values }
}

function labelColumns({ names }: CifarLabel, bytes: Uint8Array, index: number, record: number): readonly ColumnValues[] {
  const labels = Float64Array.from({ length: bytes.length / record }, (_, row) => bytes[row * record + index] ?? NaN)
  const numbers: ColumnValues = { type: 'number', values: labels }
  return names === null ? [numbers] : [numbers, { type: 'text', values: Array.from(labels, (label) => names[label] ?? null) }]
}

function outOfRange({ name, classes }: CifarLabel, bytes: Uint8Array, index: number, record: number, firstRow: number): readonly RejectedRow[] {
  const rejected: RejectedRow[] = []
  for (let row = 0; row * record < bytes.length; row++) {
    const label = bytes[row * record + index] ?? 0
    if (label >= classes) rejected.push({ row: firstRow + row, line: null, column: name, reason: `The label ${label} is beyond the ${classes} classes.`, excerpt: String(label) })
  }
  return rejected
}
