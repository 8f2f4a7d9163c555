import { badData } from './bad-data.ts'

/** Element type of an array as NumPy's `descr` names it: byte order, kind and size. */
export interface NpyElements {
  /** `u` unsigned, `i` signed, `f` floating point, `b` boolean, `U` text as UTF-32, `S` text as bytes. */
  readonly kind: 'u' | 'i' | 'f' | 'b' | 'U' | 'S'
  /** Bytes of one element. */
  readonly size: number
  readonly bigEndian: boolean
}

const numericSizes: Readonly<Record<string, readonly number[]>> = { u: [1, 2, 4, 8], i: [1, 2, 4, 8], f: [2, 4, 8], b: [1] }
const largestText = 1 << 20
const refused: Readonly<Record<string, string>> = {
  O: 'it holds Python objects (pickled), which are never loaded because they can run code',
  c: 'it holds complex numbers',
  M: 'it holds dates (datetime64)',
  m: 'it holds time spans (timedelta64)',
  V: 'it holds records or raw bytes'
}

/**
 * Reads a `descr` such as `<f4`, `|u1`, `>i8`, `<U12`.
 *
 * @throws BenchError `bad-data` for what is no number and no text
 */
export function parseElements(descr: string, name: string): NpyElements {
  const [, order = '', kind = '', digits = ''] = /^([<>|=]?)([A-Za-z])(\d*)(?:\[[A-Za-z0-9]+\])?$/.exec(descr) ?? []
  const size = Number(digits === '' ? '0' : digits)
  const why = refused[kind]
  if (why !== undefined) {
    throw badData(name, `${why}.`, { field: 'header', hint: 'Save it with a number or text type, e.g. array.astype("float32") or array.astype(str).' })
  }
  const bigEndian = order === '>'
  if (kind === 'U' || kind === 'S') {
    const bytes = kind === 'U' ? 4 * size : size
    if (bytes > largestText) throw badData(name, `each text may take ${bytes} bytes, more than the ${largestText} that can be read.`, { field: 'header' })
    return { kind, size: bytes, bigEndian }
  }
  if (numericSizes[kind]?.includes(size) !== true) {
    throw badData(name, `elements of type "${descr.slice(0, 40)}" are not known.`, { field: 'header', hint: 'Save it as one of the integer or float types of up to 64 bits.' })
  }
  return { kind: kind as NpyElements['kind'], size, bigEndian }
}

/** Typed values of `bytes`, which must be the caller's own buffer from its start: it is turned to this machine's byte order in place. */
export function numbersOf(elements: NpyElements, bytes: Uint8Array<ArrayBuffer>): ArrayLike<number> | BigInt64Array | BigUint64Array {
  const { kind, size, bigEndian } = elements
  if (bigEndian) swap(bytes, size)
  const { buffer } = bytes
  const count = bytes.length / size
  if (kind === 'f') return size === 8 ? new Float64Array(buffer, 0, count) : size === 4 ? new Float32Array(buffer, 0, count) : halves(new Uint16Array(buffer, 0, count))
  if (kind === 'i') return size === 8 ? new BigInt64Array(buffer, 0, count) : size === 4 ? new Int32Array(buffer, 0, count) : size === 2 ? new Int16Array(buffer, 0, count) : new Int8Array(buffer, 0, count)
  return size === 8 ? new BigUint64Array(buffer, 0, count) : size === 4 ? new Uint32Array(buffer, 0, count) : size === 2 ? new Uint16Array(buffer, 0, count) : bytes
}

function swap(bytes: Uint8Array<ArrayBuffer>, size: number): void {
  const view = Buffer.from(bytes.buffer, 0, bytes.length)
  if (size === 2) view.swap16()
  else if (size === 4) view.swap32()
  else if (size === 8) view.swap64()
}

/** IEEE 754 half precision: sign, 5 bits of exponent (bias 15), 10 of fraction. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

function halves(bits: Uint16Array): Float32Array {
  return Float32Array.from(bits, halfToNumber)
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of one fixed-width element, without the NULs it is filled up with; null where the bytes are no text. */
export function textOf(elements: NpyElements, bytes: Uint8Array): string | null {
  return elements.kind === 'S' ? bytesText(bytes) : codePointsText(bytes, elements.bigEndian)
}

function bytesText(bytes: Uint8Array): string | null {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end--
  try {
    return utf8.decode(bytes.subarray(0, end))
  } catch {
    return null
  }
}

function codePointsText(bytes: Uint8Array, bigEndian: boolean): string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const points: number[] = []
  for (let at = 0; at + 4 <= bytes.length; at += 4) points.push(view.getUint32(at, !bigEndian))
  while (points.length > 0 && points.at(-1) === 0) points.pop()
  if (points.some((point) => point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))) return null
  return points.map((point) => String.fromCodePoint(point)).join('')
}
