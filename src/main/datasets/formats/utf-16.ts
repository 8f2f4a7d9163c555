import type { TextEncoding } from './text-encoding.ts'

/**
 * Turns UTF-16 into UTF-8 chunk by chunk. A surrogate without its other half and a half unit at the end become bytes that
 * are no UTF-8 (a surrogate coded by itself; 0xFF), so that the reader rejects their row as it does in any UTF-8 file.
 */
export class Utf16Transcoder {
  readonly #low: number
  readonly #high: number
  #odd = -1
  #lead = 0

  constructor(encoding: Extract<TextEncoding, 'utf-16le' | 'utf-16be'>) {
    this.#low = encoding === 'utf-16le' ? 0 : 1
    this.#high = 1 - this.#low
  }

  /** UTF-8 bytes of all whole characters so far; what is cut off at the end waits for the next chunk. */
  write(chunk: Uint8Array): Uint8Array {
    const units = this.#withOddByte(chunk)
    const output = new Uint8Array((units.length / 2) * 3 + 4)
    let length = 0
    for (let at = 0; at < units.length; at += 2) {
      const unit = ((units[at + this.#high] ?? 0) << 8) | (units[at + this.#low] ?? 0)
      if (this.#lead !== 0) {
        const lead = this.#lead
        this.#lead = 0
        if (unit >= 0xdc00 && unit <= 0xdfff) {
          length = put(output, length, 0x10000 + ((lead - 0xd800) << 10) + (unit - 0xdc00))
          continue
        }
        length = put(output, length, lead)
      }
      if (unit >= 0xd800 && unit <= 0xdbff) this.#lead = unit
      else length = put(output, length, unit)
    }
    return output.subarray(0, length)
  }

  /** Bytes of what the file cut off. */
  end(): Uint8Array {
    const output = new Uint8Array(4)
    let length = 0
    if (this.#lead !== 0) length = put(output, length, this.#lead)
    if (this.#odd >= 0) output[length++] = 0xff
    return output.subarray(0, length)
  }

  #withOddByte(chunk: Uint8Array): Uint8Array {
    const carried = this.#odd >= 0 ? 1 : 0
    const total = carried + chunk.length
    const units = new Uint8Array(total & ~1)
    if (carried === 1 && units.length > 0) units[0] = this.#odd
    units.set(chunk.subarray(0, units.length - carried), carried)
    if ((total & 1) === 0) this.#odd = -1
    else this.#odd = chunk[chunk.length - 1] ?? this.#odd
    return units
  }
}

function put(output: Uint8Array, at: number, code: number): number {
  if (code < 0x80) {
    output[at] = code
    return at + 1
  }
  if (code < 0x800) {
    output[at] = 0xc0 | (code >> 6)
    output[at + 1] = 0x80 | (code & 0x3f)
    return at + 2
  }
  if (code < 0x10000) {
    output[at] = 0xe0 | (code >> 12)
    output[at + 1] = 0x80 | ((code >> 6) & 0x3f)
    output[at + 2] = 0x80 | (code & 0x3f)
    return at + 3
  }
  output[at] = 0xf0 | (code >> 18)
  output[at + 1] = 0x80 | ((code >> 12) & 0x3f)
  output[at + 2] = 0x80 | ((code >> 6) & 0x3f)
  output[at + 3] = 0x80 | (code & 0x3f)
  return at + 4
}
