import type { BytesFile } from './bytes-file.ts'
import { badData } from './bad-data.ts'
import { rowElements, type NpyColumn } from './npy-column.ts'
import type { NpyHeader } from './npy-header.ts'
import type { SequentialBytes } from './sequential-bytes.ts'

/** Gives an array's rows one stretch after the other, each row's elements together, last axis fastest. */
export interface NpyRows {
  /** Bytes of the next `count` rows. */
  next(count: number): Promise<Uint8Array<ArrayBuffer>>
  close(): Promise<void>
}

/** Rows of an array in C order: they follow each other in the source, which stands at the first element. */
export function rowsInOrder(source: SequentialBytes, array: NpyColumn, name: string): NpyRows {
  let row = 1
  return {
    async next(count) {
      const bytes = await source.read(count * array.rowBytes)
      if (bytes.length < count * array.rowBytes) throw badData(name, `the data ends inside row ${row + Math.floor(bytes.length / array.rowBytes)} of ${array.rows}.`, { field: `row ${row}` })
      row += count
      return bytes
    },
    close: () => source.close()
  }
}

/** Largest array in Fortran order that is held in memory whole; larger ones are gathered from the file by many small reads. */
export const heldWhole = 256 * 1024 * 1024

/**
 * Rows of an array in Fortran order, where element e of all rows stands together: element (row, e) is at (place(e) x rows + row).
 * `read` gives bytes of the data from an offset.
 */
export function rowsAcross(read: (offset: number, length: number) => Promise<Uint8Array>, array: NpyColumn, shape: readonly number[]): NpyRows {
  const { elements, rows } = array
  const places = fortranPlaces(shape)
  let row = 0
  return {
    async next(count) {
      const bytes = new Uint8Array(count * array.rowBytes)
      for (let place = 0; place < places.length; place++) {
        const run = await read(((places[place] ?? 0) * rows + row) * elements.size, count * elements.size)
        scatter(run, bytes, { size: elements.size, from: place * elements.size, step: array.rowBytes })
      }
      row += count
      return bytes
    },
    close: () => Promise.resolve()
  }
}

/** Fortran place of each element of a row in C order: for axes (h, w, c), element (i, j, k) stands at i + h (j + w k). */
export function fortranPlaces([, ...axes]: readonly number[]): Uint32Array {
  const total = axes.reduce((product, size) => product * size, 1)
  return Uint32Array.from({ length: total }, (_, element) => {
    let rest = element
    let place = 0
    // The last axis is the fastest in C order, so it is taken off first; Horner's scheme then builds the place from the slowest.
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      const size = axes[axis] ?? 1
      const coordinate = rest % size
      rest = (rest - coordinate) / size
      place += coordinate * axes.slice(0, axis).reduce((product, each) => product * each, 1)
    }
    return place
  })
}

interface Spread {
  readonly size: number
  readonly from: number
  readonly step: number
}

function scatter(run: Uint8Array, bytes: Uint8Array, { size, from, step }: Spread): void {
  for (let start = 0, at = from; start < run.length; start += size, at += step) {
    for (let offset = 0; offset < size; offset++) bytes[at + offset] = run[start + offset] ?? 0
  }
}

/** Rows of an array in a file, whatever its order. */
export async function rowsOfFile(file: BytesFile, header: NpyHeader, array: NpyColumn, sequential: (offset: number) => SequentialBytes): Promise<NpyRows> {
  if (!header.fortranOrder || rowElements(array) <= 1) return rowsInOrder(sequential(header.dataStart), array, file.name)
  if (header.dataBytes > heldWhole) return rowsAcross((offset, length) => file.read(header.dataStart + offset, length), array, header.shape)
  const whole = await file.read(header.dataStart, header.dataBytes)
  return rowsAcross((offset, length) => Promise.resolve(whole.subarray(offset, offset + length)), array, header.shape)
}
