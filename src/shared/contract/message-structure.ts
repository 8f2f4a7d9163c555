/** Deepest nesting of a message; the contract's own data stays below ten. */
const deepest = 64

/** What one head byte stands for: bytes that follow to be skipped, and the values it contains. */
interface Item {
  readonly next: number
  readonly children: number
}

/**
 * Walks a MessagePack message without building it, and throws when it claims more values than its bytes can hold, nests too
 * deep, or ends early. The decoder allocates what a head claims, so five bytes could otherwise ask for gigabytes;
 * after this check everything it allocates is proportional to the message. Linear in the number of values.
 */
export function checkMessageStructure(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const open = [1]
  let owed = 1
  let at = 0
  while (open.length > 0) {
    const left = open[open.length - 1] ?? 0
    if (left === 0) {
      open.pop()
      continue
    }
    open[open.length - 1] = left - 1
    const { next, children } = readItem(view, at)
    at = next
    owed += children - 1
    if (owed > bytes.byteLength - at) throw new RangeError('The message claims more than it holds.')
    if (children > 0) open.push(children)
    if (open.length > deepest) throw new RangeError('The message nests too deep.')
  }
  if (at !== bytes.byteLength) throw new RangeError('The message goes on after its end.')
}

/** Sizes of the heads 0xc0 to 0xdf with a fixed payload; null where a length follows. Format: github.com/msgpack/msgpack, spec.md. */
const fixed: readonly (number | null)[] = [
  ...[0, null, 0, 0, null, null, null, null, null, null, 4, 8, 1, 2, 4, 8],
  ...[1, 2, 4, 8, 2, 3, 5, 9, 17, null, null, null, null, null, null, null]
]

function readItem(view: DataView, at: number): Item {
  const head = view.getUint8(at)
  const body = at + 1
  if (head < 0x80 || head >= 0xe0) return { next: body, children: 0 }
  if (head < 0x90) return { next: body, children: 2 * (head & 0x0f) }
  if (head < 0xa0) return { next: body, children: head & 0x0f }
  if (head < 0xc0) return { next: body + (head & 0x1f), children: 0 }
  const size = fixed[head - 0xc0]
  return typeof size === 'number' ? { next: body + size, children: 0 } : readSized(view, head, body)
}

function readSized(view: DataView, head: number, body: number): Item {
  const bytes = (width: number, extra = 0): Item => ({ next: body + width + readLength(view, body, width) + extra, children: 0 })
  const values = (width: number, each: number): Item => ({ next: body + width, children: each * readLength(view, body, width) })
  switch (head) {
    case 0xc4:
    case 0xd9:
      return bytes(1)
    case 0xc5:
    case 0xda:
      return bytes(2)
    case 0xc6:
    case 0xdb:
      return bytes(4)
    case 0xc7:
      return bytes(1, 1)
    case 0xc8:
      return bytes(2, 1)
    case 0xc9:
      return bytes(4, 1)
    case 0xdc:
      return values(2, 1)
    case 0xdd:
      return values(4, 1)
    case 0xde:
      return values(2, 2)
    case 0xdf:
      return values(4, 2)
    default:
      throw new RangeError('The message holds a byte that MessagePack never uses.')
  }
}

const readLength = (view: DataView, at: number, width: number): number =>
  width === 1 ? view.getUint8(at) : width === 2 ? view.getUint16(at) : view.getUint32(at)
