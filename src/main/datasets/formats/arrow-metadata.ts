/**
 * The metadata of Arrow IPC messages, read and checked before the Arrow library sees them: the library takes counts and offsets as they are, and a
 * flipped bit would let it allocate without bound. Errors are plain `RangeError`s, which the reader turns into `bad-data`.
 * Source: Message.fbs and Schema.fbs of Apache Arrow; FlatBuffers' binary format.
 */

/** A record batch or dictionary: its counts and where its buffers lie in the body. */
export interface ArrowBatchHeader {
  readonly rows: number
  readonly nodeLengths: readonly number[]
  readonly buffers: readonly { readonly offset: number, readonly length: number }[]
  /** 0 is LZ4 (frame), 1 Zstandard; null where the buffers are not compressed. */
  readonly codec: number | null
}

export type ArrowHeader =
  | { readonly kind: 'schema', readonly bodyLength: number }
  | { readonly kind: 'dictionary', readonly bodyLength: number, readonly batch: ArrowBatchHeader, readonly id: number, readonly isDelta: boolean }
  | { readonly kind: 'record', readonly bodyLength: number, readonly batch: ArrowBatchHeader }
  | { readonly kind: 'other', readonly bodyLength: number }

/** Message types, as `MessageHeader` numbers them. */
const kinds = ['other', 'schema', 'dictionary', 'record'] as const
/** First version whose buffers have no page number before them. */
const version4 = 3

/** Reads a message's metadata. */
export function readArrowHeader(head: Uint8Array): ArrowHeader {
  const message = rootTable(head)
  const version = message.int16(4) ?? 0
  const kind = kinds[message.uint8(6) ?? 0] ?? 'other'
  const header = message.table(8)
  const bodyLength = message.int64(10) ?? 0
  if (bodyLength < 0) throw new RangeError('a message of negative length')
  if (header === null || kind === 'other') return { kind: 'other', bodyLength }
  if (kind === 'schema') {
    checkSchema(header)
    return { kind, bodyLength }
  }
  if (kind === 'record') return { kind, bodyLength, batch: readBatch(header, version) }
  const batch = header.table(6)
  if (batch === null) throw new RangeError('a dictionary without values')
  return { kind, bodyLength, batch: readBatch(batch, version), id: header.int64(4) ?? 0, isDelta: (header.uint8(8) ?? 0) !== 0 }
}

function readBatch(table: Table, version: number): ArrowBatchHeader {
  const rows = table.int64(4) ?? 0
  const skipped = version < version4 ? 8 : 0
  const nodeLengths = table.structs(6, 16).map((at) => table.bytes.int64(at))
  const nullCounts = table.structs(6, 16).map((at) => table.bytes.int64(at + 8))
  const buffers = table.structs(8, 16 + skipped).map((at) => ({ offset: table.bytes.int64(at + skipped), length: table.bytes.int64(at + skipped + 8) }))
  const compression = table.table(10)
  table.structs(12, 8)
  if ([rows, ...nodeLengths, ...nullCounts].some((count) => count < 0)) throw new RangeError('a negative count')
  if (compression !== null && (compression.uint8(6) ?? 0) !== 0) throw new RangeError('an unknown kind of compression')
  return { rows, nodeLengths, buffers, codec: compression === null ? null : (compression.uint8(4) ?? 0) }
}

const largestFields = 100_000
const deepestField = 64

function checkSchema(schema: Table): void {
  if ((schema.int16(4) ?? 0) !== 0) throw new RangeError('its numbers are big-endian, which cannot be read')
  schema.tables(8)
  const budget = { fields: largestFields }
  for (const field of schema.tables(6)) checkField(field, budget, 0)
}

function checkField(field: Table, budget: { fields: number }, depth: number): void {
  budget.fields--
  if (budget.fields < 0 || depth > deepestField) throw new RangeError('a schema without end')
  for (const entry of field.tables(16)) {
    entry.checkString(4)
    entry.checkString(6)
  }
  field.checkString(4)
  // The type ids of a union are the one list within a type's description.
  const union = 14
  if (field.uint8(8) === union) field.table(10)?.structs(6, 4)
  for (const child of field.tables(14)) checkField(child, budget, depth + 1)
}

/** Bytes with checked reads. */
class CheckedBytes {
  readonly view: DataView

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  int64(at: number): number {
    const value = Number(this.view.getBigInt64(at, true))
    if (!Number.isSafeInteger(value)) throw new RangeError('a count beyond 2^53')
    return value
  }
}

/** A table of a FlatBuffer: fields are found through its vtable, by the offsets that the schema's field numbers give (4, 6, 8 ...). */
class Table {
  readonly bytes: CheckedBytes
  readonly #at: number
  readonly #vtable: number
  readonly #size: number

  constructor(bytes: CheckedBytes, at: number) {
    this.bytes = bytes
    this.#at = at
    this.#vtable = at - bytes.view.getInt32(at, true)
    this.#size = bytes.view.getInt16(this.#vtable, true)
  }

  #place(field: number): number | null {
    if (field >= this.#size) return null
    const offset = this.bytes.view.getInt16(this.#vtable + field, true)
    return offset === 0 ? null : this.#at + offset
  }

  uint8(field: number): number | null {
    const place = this.#place(field)
    return place === null ? null : this.bytes.view.getUint8(place)
  }

  int16(field: number): number | null {
    const place = this.#place(field)
    return place === null ? null : this.bytes.view.getInt16(place, true)
  }

  int64(field: number): number | null {
    const place = this.#place(field)
    return place === null ? null : this.bytes.int64(place)
  }

  table(field: number): Table | null {
    const place = this.#place(field)
    return place === null ? null : new Table(this.bytes, place + this.bytes.view.getInt32(place, true))
  }

  /** Places of a vector's elements of `size` bytes, all of them inside the metadata. */
  structs(field: number, size: number): readonly number[] {
    const place = this.#place(field)
    if (place === null) return []
    const base = place + this.bytes.view.getInt32(place, true)
    const count = this.bytes.view.getInt32(base, true)
    if (count < 0 || base + 4 + count * size > this.bytes.view.byteLength) throw new RangeError(`a list claims ${count} elements beyond its metadata`)
    return Array.from({ length: count }, (_, index) => base + 4 + index * size)
  }

  tables(field: number): readonly Table[] {
    return this.structs(field, 4).map((at) => new Table(this.bytes, at + this.bytes.view.getInt32(at, true)))
  }

  checkString(field: number): void {
    this.structs(field, 1)
  }
}

function rootTable(head: Uint8Array): Table {
  const bytes = new CheckedBytes(head)
  return new Table(bytes, bytes.view.getInt32(0, true))
}
