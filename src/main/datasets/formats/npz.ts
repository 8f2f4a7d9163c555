import { badData, throwIfCancelled } from './bad-data.ts'
import { withOpened, type BytesFile } from './bytes-file.ts'
import { chooseWideIntegers, decodeNpyRows, npyColumn, npyWarnings, rowElements, type NpyColumn, type WideIntegers } from './npy-column.ts'
import { readNpyHeader, type NpyHeader } from './npy-header.ts'
import { heldWhole, rowsAcross, rowsInOrder, type NpyRows } from './npy-rows.ts'
import { batchOf, rowsPerBatch } from './row-batches.ts'
import type { SourceBatch, SourceFile } from './source-file.ts'
import { listZip, openZipEntry, zipLimits, type ZipEntry, type ZipLimits } from './zip-archive.ts'

export interface NpzOptions {
  /** Types that a person chose for columns, by name: how 64-bit integers are read; left out, as text only where the file shows that numbers lose digits. */
  readonly types?: Readonly<Record<string, WideIntegers>>
  readonly limits?: ZipLimits
}

interface NpzArray {
  readonly entry: ZipEntry
  readonly header: NpyHeader
  readonly array: NpyColumn
}

/**
 * Opens a zip of NumPy arrays (.npz). The arrays with as many rows as most of them have (the more rows where that is a tie) become columns
 * named after them; the others are named in `warnings`. Entries are inflated as rows are read, so memory stays bounded.
 *
 * @throws BenchError `bad-data` for a damaged archive, a zip bomb, an array whose header lies, or where no array has rows
 */
export function openNpz(path: string, options: NpzOptions = {}): Promise<SourceFile> {
  return withOpened(path, (file) => npzSource(file, options))
}

/** The same of a file that is open already; closing the source closes it. */
export async function npzSource(file: BytesFile, options: NpzOptions = {}): Promise<SourceFile> {
  const { arrays, warnings } = await readArrays(file, options)
  const rows = commonRows(arrays)
  const chosen = arrays.filter((each) => each.array.rows === rows)
  if (rows === null) throw badData(file.name, ['the archive holds no array with rows.', ...warnings.slice(0, 1)].join(' '), { hint: 'Save it with numpy.savez(path, X=..., y=...).' })
  const others = arrays.filter((each) => each.array.rows !== rows)
  return {
    format: 'npz',
    columns: chosen.map((each) => each.array.column),
    rows,
    bytes: file.size,
    warnings: [...warnings, ...others.map((each) => left(each, rows)), ...chosen.flatMap((each) => npyWarnings(each.array))],
    batches: (signal) => readBatches(file, chosen, rows, signal),
    close: () => file.close()
  }
}

function left({ array }: NpzArray, rows: number): string {
  return `The array "${array.column.name}" has ${array.rows} rows, not ${rows}, and is left out.`
}

async function readArrays(file: BytesFile, options: NpzOptions): Promise<{ arrays: readonly NpzArray[], warnings: readonly string[] }> {
  const arrays: NpzArray[] = []
  const warnings: string[] = []
  for (const entry of await listZip(file, options.limits ?? zipLimits)) {
    const name = entry.name.replace(/\.npy$/, '').slice(0, 200)
    if (!entry.name.endsWith('.npy')) {
      warnings.push(`The entry "${name}" is no array and is left out.`)
    } else if (arrays.some((each) => each.array.column.name === name)) {
      warnings.push(`The array "${name}" is there more than once; the first is read.`)
    } else {
      const { header, wideIntegers } = await headerOf(file, entry, options.types?.[name])
      const scalar = header.shape.length === 0
      if (scalar) warnings.push(`The array "${name}" holds a single value and is left out.`)
      else arrays.push({ entry, header, array: npyColumn(header, name, `${file.name}, array "${name}"`, wideIntegers) })
    }
  }
  return { arrays, warnings }
}

async function headerOf(file: BytesFile, entry: ZipEntry, chosen: WideIntegers | undefined): Promise<{ header: NpyHeader, wideIntegers: WideIntegers }> {
  const name = `${file.name}, array ${JSON.stringify(entry.name.slice(0, 200))}`
  const source = openZipEntry(file, entry)
  try {
    const header = await readNpyHeader(source, name)
    const held = entry.size - header.dataStart
    if (held !== header.dataBytes) throw badData(name, `the header claims ${header.shape.join(' x ')} elements (${header.dataBytes} bytes), the archive holds ${held}.`, { field: 'header' })
    return { header, wideIntegers: await chooseWideIntegers(header, source, chosen) }
  } finally {
    await source.close()
  }
}

function commonRows(arrays: readonly NpzArray[]): number | null {
  const counts = new Map<number, number>()
  for (const { array } of arrays) counts.set(array.rows, (counts.get(array.rows) ?? 0) + 1)
  const best = [...counts].sort(([rows, count], [otherRows, otherCount]) => otherCount - count || otherRows - rows)[0]
  return best === undefined ? null : best[0]
}

async function* readBatches(file: BytesFile, arrays: readonly NpzArray[], rows: number, signal: AbortSignal | undefined): AsyncGenerator<SourceBatch> {
  const readers: NpyRows[] = []
  try {
    for (const each of arrays) readers.push(await rowsOfEntry(file, each))
    const columns = arrays.map((each) => each.array.column)
    const step = rowsPerBatch(arrays.reduce((sum, each) => sum + each.array.rowBytes, 0))
    for (let done = 0; done < rows;) {
      throwIfCancelled(signal)
      const count = Math.min(step, rows - done)
      const decoded = []
      for (const [index, { array }] of arrays.entries()) decoded.push(decodeNpyRows(array, await next(readers, index, count), done + 1))
      const rejected = decoded.flatMap((each) => each.rejected)
      yield batchOf(columns, { firstRow: done + 1, count, values: decoded.map((each) => each.values), rejected, fraction: (done + count) / rows })
      done += count
    }
  } finally {
    for (const reader of readers) await reader.close()
  }
}

function next(readers: readonly NpyRows[], index: number, count: number): Promise<Uint8Array<ArrayBuffer>> {
  const reader = readers[index]
  return reader === undefined ? Promise.resolve(new Uint8Array(0)) : reader.next(count)
}

async function rowsOfEntry(file: BytesFile, { entry, header, array }: NpzArray): Promise<NpyRows> {
  const source = openZipEntry(file, entry)
  await source.read(header.dataStart)
  if (!header.fortranOrder || rowElements(array) <= 1) return rowsInOrder(source, array, file.name)
  try {
    // A compressed entry cannot be read at any place, so the whole array must be held to turn it.
    if (header.dataBytes > heldWhole) {
      throw badData(file.name, `the array "${array.column.name}" is in Fortran order and too large (${header.dataBytes} bytes) to be turned in memory.`, { hint: 'Save it with numpy.ascontiguousarray(array), or as a file of its own with numpy.save.' })
    }
    const whole = await source.read(header.dataBytes)
    return rowsAcross((offset, length) => Promise.resolve(whole.subarray(offset, offset + length)), array, header.shape)
  } finally {
    await source.close()
  }
}
