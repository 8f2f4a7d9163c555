import { access } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { badData, throwIfCancelled } from './bad-data.ts'
import { openBytes, type BytesFile } from './bytes-file.ts'
import { batchOf, elementsPerRow, rowsPerBatch } from './row-batches.ts'
import { sequentialFile, sequentialStream, type SequentialBytes } from './sequential-bytes.ts'
import type { ColumnValues, SourceBatch, SourceColumn, SourceFile } from './source-file.ts'

export interface IdxOptions {
  /** Path of the labels' file; `null` for none; left out, it is looked for beside the images by name (`-images-idx3-` and `-labels-idx1-`). */
  readonly labels?: string | null
}

/** One IDX file, opened: sizes from its header. */
interface IdxPart {
  readonly file: BytesFile
  readonly gzipped: boolean
  readonly type: IdxType
  readonly shape: readonly number[]
  readonly column: SourceColumn
  readonly rowBytes: number
}

interface IdxType {
  readonly size: number
  readonly read: ((view: DataView, at: number) => number) | null
}

/** Element types by the third byte of the file. Source: the description of the format on the MNIST page. */
const types: Readonly<Record<number, IdxType>> = {
  0x08: { size: 1, read: null },
  0x09: { size: 1, read: (view, at) => view.getInt8(at) },
  0x0b: { size: 2, read: (view, at) => view.getInt16(at) },
  0x0c: { size: 4, read: (view, at) => view.getInt32(at) },
  0x0d: { size: 4, read: (view, at) => view.getFloat32(at) },
  0x0e: { size: 8, read: (view, at) => view.getFloat64(at) }
}
const largestRow = 2 ** 26
const hint = 'The file is not a whole IDX file; get it again.'

/**
 * Opens an IDX file (MNIST's layout, also gzipped) as column `image` (or `label`, `value` where it holds one number a row), with the labels of
 * a second file as column `label`.
 *
 * @throws BenchError `bad-data` where a header is wrong, a file holds another number of elements, or images and labels differ in number
 */
export async function openIdx(path: string, options: IdxOptions = {}): Promise<SourceFile> {
  const labels = options.labels === undefined ? await labelsBeside(path) : options.labels
  const files: BytesFile[] = []
  try {
    for (const each of labels === null ? [path] : [path, labels]) files.push(await openBytes(each))
    return await idxSource(files)
  } catch (error) {
    for (const file of files) await file.close()
    throw error
  }
}

/** Path of the labels that belong to a file of images by name and lie beside it, or null. */
async function labelsBeside(path: string): Promise<string | null> {
  const name = basename(path)
  const plain = name.replace(/\.gz$/i, '').replace(/images([-.])idx3/i, 'labels$1idx1')
  if (plain === name.replace(/\.gz$/i, '')) return null
  for (const each of [plain, `${plain}.gz`]) {
    const candidate = join(dirname(path), each)
    if (await access(candidate).then(() => true, () => false)) return candidate
  }
  return null
}

/** The same of files that are open already: the first, and the labels' if there is a second. */
export async function idxSource(files: readonly BytesFile[]): Promise<SourceFile> {
  const [first, second] = files
  if (first === undefined) throw badData('IDX', 'no file was given.')
  const parts = [await openPart(first, false)]
  if (second !== undefined) parts.push(await openPart(second, true))
  const [rows = 0, labels] = parts.map((part) => part.shape[0] ?? 0)
  if (labels !== undefined && labels !== rows) {
    throw badData(first.name, `it holds ${rows} rows, but ${second?.name ?? ''} holds ${labels} labels.`, { field: 'header', hint: 'Choose the labels that belong to these images.' })
  }
  return {
    format: 'idx',
    columns: parts.map((part) => part.column),
    rows,
    bytes: files.reduce((sum, file) => sum + file.size, 0),
    warnings: second === undefined && parts[0]?.column.name === 'image' ? ['No file of labels lies beside the images; the images come without labels.'] : [],
    batches: (signal) => readBatches(parts, rows, signal),
    async close() {
      for (const file of files) await file.close()
    }
  }
}

async function openPart(file: BytesFile, isLabels: boolean): Promise<IdxPart> {
  const start = await file.read(0, Math.min(2, file.size))
  const gzipped = start[0] === 0x1f && start[1] === 0x8b
  const source = sequential(file, gzipped)
  try {
    const { type, shape } = await readHeader(source, file, gzipped)
    if (isLabels && shape.length !== 1) throw badData(file.name, `labels have one axis, this file has ${shape.length}.`, { field: 'byte 3', hint: 'Choose the file of labels.' })
    const column = columnOf(type, shape, isLabels || /label/i.test(file.name))
    return { file, gzipped, type, shape, column, rowBytes: elementsPerRow(column) * type.size }
  } finally {
    await source.close()
  }
}

function columnOf(type: IdxType, [, ...rest]: readonly number[], isLabels: boolean): SourceColumn {
  if (rest.length === 0) return { name: isLabels ? 'label' : 'value', type: 'number' }
  return { name: 'image', type: 'array', shape: rest, dtype: type.read === null ? 'uint8' : 'float32' }
}

async function readHeader(source: SequentialBytes, file: BytesFile, gzipped: boolean): Promise<{ type: IdxType, shape: readonly number[] }> {
  const bad = (sentence: string, field: string): Error => badData(file.name, sentence, { field, hint })
  const start = await source.read(4)
  if (start.length < 4) throw bad('the file ends inside its header.', 'byte 0')
  if (start[0] !== 0 || start[1] !== 0) throw bad('the file does not begin with two zero bytes, so it is not IDX.', 'byte 0')
  const type = types[start[2] ?? 0]
  if (type === undefined) throw bad(`elements of type 0x${(start[2] ?? 0).toString(16)} are not known.`, 'byte 2')
  const axes = start[3] ?? 0
  if (axes < 1 || axes > 4) throw bad(`the header claims ${axes} axes; 1 to 4 can be read.`, 'byte 3')
  const sizes = await source.read(4 * axes)
  if (sizes.length < 4 * axes) throw bad('the file ends inside its header.', 'byte 4')
  const view = new DataView(sizes.buffer)
  const shape = Array.from({ length: axes }, (_, index) => view.getUint32(4 * index))
  const perRow = shape.slice(1).reduce((product, size) => product * size, 1)
  if (perRow < 1 || perRow > largestRow) throw bad(`a row of ${shape.slice(1).join(' x ')} elements cannot be read.`, 'byte 8')
  const held = file.size - 4 - 4 * axes
  const claimed = (shape[0] ?? 0) * perRow * type.size
  // Of a gzipped file only reading tells; more than deflate's limit of 1032 to 1 is a lie for certain.
  if (gzipped ? claimed > 1032 * file.size : claimed !== held) {
    throw bad(`the header claims ${shape.join(' x ')} elements (${claimed} bytes), the file holds ${gzipped ? `${file.size} compressed bytes` : held}.`, 'byte 4')
  }
  return { type, shape }
}

function sequential(file: BytesFile, gzipped: boolean): SequentialBytes {
  if (!gzipped) return sequentialFile(file, 0)
  const raw = Readable.from(rawChunks(file), { objectMode: false })
  // Errors reach the reader of the inflated stream, which pipeline destroys with them.
  const source = sequentialStream(pipeline(raw, createGunzip(), () => undefined))
  return {
    async read(length) {
      try {
        return await source.read(length)
      } catch (error) {
        throw badData(file.name, 'the gzip data is damaged or cut short.', { hint, cause: error })
      }
    },
    close: () => source.close()
  }
}

const chunkBytes = 1 << 18

async function* rawChunks(file: BytesFile): AsyncGenerator<Uint8Array> {
  for (let done = 0; done < file.size; done += chunkBytes) yield await file.read(done, Math.min(chunkBytes, file.size - done))
}

async function* readBatches(parts: readonly IdxPart[], rows: number, signal: AbortSignal | undefined): AsyncGenerator<SourceBatch> {
  const sources = parts.map((part) => sequential(part.file, part.gzipped))
  try {
    for (const [index, part] of parts.entries()) await sources[index]?.read(4 + 4 * part.shape.length)
    const step = rowsPerBatch(parts.reduce((sum, part) => sum + part.rowBytes, 0))
    for (let done = 0; done < rows;) {
      throwIfCancelled(signal)
      const count = Math.min(step, rows - done)
      const values: ColumnValues[] = []
      for (const [index, part] of parts.entries()) values.push(await readRows(part, sources[index], done, count, rows))
      yield batchOf(parts.map((part) => part.column), { firstRow: done + 1, count, values, rejected: [], fraction: (done + count) / rows })
      done += count
    }
    for (const [index, part] of parts.entries()) {
      const more = await sources[index]?.read(1)
      if (more !== undefined && more.length > 0) throw badData(part.file.name, `the file holds more than the ${rows} rows that its header claims.`, { field: 'byte 4', hint })
    }
  } finally {
    for (const source of sources) await source.close()
  }
}

async function readRows(part: IdxPart, source: SequentialBytes | undefined, done: number, count: number, rows: number): Promise<ColumnValues> {
  const bytes = await source?.read(count * part.rowBytes) ?? new Uint8Array(0)
  if (bytes.length < count * part.rowBytes) {
    const row = done + Math.floor(bytes.length / part.rowBytes) + 1
    throw badData(part.file.name, `the header claims ${rows} rows, the file ends inside row ${row}.`, { field: `row ${row}`, hint })
  }
  const { read, size } = part.type
  const view = new DataView(bytes.buffer)
  if (part.column.type === 'number') {
    return { type: 'number', values: Float64Array.from({ length: count }, (_, index) => (read === null ? bytes[index] ?? 0 : read(view, index * size))) }
  }
  return { type: 'array', values: read === null ? bytes : Float32Array.from({ length: bytes.length / size }, (_, index) => read(view, index * size)) }
}
