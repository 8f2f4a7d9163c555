import { badData } from './bad-data.ts'
import { parseElements, type NpyElements } from './npy-elements.ts'
import type { SequentialBytes } from './sequential-bytes.ts'

/** What the header of an NPY file says: element type, order, sizes, and where the elements begin. */
export interface NpyHeader {
  readonly elements: NpyElements
  /** First axis fastest (Fortran) instead of last axis fastest (C). */
  readonly fortranOrder: boolean
  readonly shape: readonly number[]
  /** Byte of the file at which the elements begin. */
  readonly dataStart: number
  /** Bytes of all elements: the product of the shape times the element size. */
  readonly dataBytes: number
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
const largestHeader = 1 << 16
const hint = 'Save it again with numpy.save(path, array).'

/**
 * Reads the header at the start of `source` and leaves it at the first element. Format: numpy.lib.format, versions 1.0 to 3.0:
 * magic, version, header length, then a Python dictionary literal with exactly the keys `descr`, `fortran_order` and `shape`.
 *
 * @throws BenchError `bad-data` where anything else stands there
 */
export async function readNpyHeader(source: SequentialBytes, name: string): Promise<NpyHeader> {
  const start = await source.read(8)
  if (start.length < 8 || magic.some((byte, index) => start[index] !== byte)) throw badData(name, 'this is no NPY file: it does not begin with \\x93NUMPY.', { field: 'byte 0', hint })
  const major = start[6] ?? 0
  if (major < 1 || major > 3 || start[7] !== 0) throw badData(name, `NPY version ${major}.${start[7] ?? 0} is not known.`, { field: 'byte 6', hint })
  const lengthBytes = major === 1 ? 2 : 4
  const lengthField = await source.read(lengthBytes)
  if (lengthField.length < lengthBytes) throw badData(name, 'the file ends inside its header.', { field: 'byte 8', hint })
  const view = new DataView(lengthField.buffer)
  const length = major === 1 ? view.getUint16(0, true) : view.getUint32(0, true)
  if (length > largestHeader) throw badData(name, `the header claims ${length} bytes, more than the ${largestHeader} of any true header.`, { field: 'byte 8', hint })
  const text = await source.read(length)
  if (text.length < length) throw badData(name, `the header claims ${length} bytes, the file ends after ${text.length} of them.`, { field: 'byte 8', hint })
  return { ...parseHeader(new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(text), name), dataStart: 8 + lengthBytes + length }
}

const entry = /^\s*(['"])(descr|fortran_order|shape)\1\s*:\s*('[^']*'|"[^"]*"|True|False|\([\d,\s]*\)|\[[^\]]*\])\s*(,|$)/

function parseHeader(text: string, name: string): Omit<NpyHeader, 'dataStart'> {
  const bad = (): Error => badData(name, 'the header is not the dictionary with descr, fortran_order and shape that it must be.', { field: 'header', hint })
  const body = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1]
  if (body === undefined) throw bad()
  const values = new Map<string, string>()
  let rest = body
  while (rest.trim() !== '') {
    const found = entry.exec(rest)
    const [all = '', , key = '', value = ''] = found ?? []
    if (found === null || values.has(key)) throw bad()
    values.set(key, value)
    rest = rest.slice(all.length)
  }
  const [descr, order, shape] = [values.get('descr'), values.get('fortran_order'), values.get('shape')]
  if (descr === undefined || order === undefined || shape === undefined) throw bad()
  if (descr.startsWith('[')) throw badData(name, 'it holds records of several fields, not plain elements.', { field: 'header', hint: 'Save each field as an array of its own, or the table as CSV or Parquet.' })
  if (!/^['"]/.test(descr) || !/^(True|False)$/.test(order) || !shape.startsWith('(')) throw bad()
  return sized(parseElements(descr.slice(1, -1), name), order === 'True', parseShape(shape, bad), name)
}

function parseShape(text: string, bad: () => Error): readonly number[] {
  const parts = text.slice(1, -1).split(',').map((part) => part.trim())
  // A tuple of one is written `(5,)`; the comma leaves an empty part at the end.
  if (parts.at(-1) === '') parts.pop()
  if (parts.some((part) => !/^\d{1,16}$/.test(part)) || parts.length > 32) throw bad()
  return parts.map(Number)
}

function sized(elements: NpyElements, fortranOrder: boolean, shape: readonly number[], name: string): Omit<NpyHeader, 'dataStart'> {
  // Zero first: the sizes before it may multiply beyond every limit.
  const count = shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1)
  const dataBytes = count * elements.size
  if (!Number.isSafeInteger(dataBytes)) throw badData(name, `the header claims ${shape.join(' x ')} elements, more than any file can hold.`, { field: 'header', hint })
  return { elements, fortranOrder, shape, dataBytes }
}
