/** A line of a text file, its newline left out. */
export interface TextLine {
  readonly bytes: Uint8Array
  /** From 1. */
  readonly line: number
  /** The line is longer than the limit; `bytes` is its beginning. */
  readonly cut: boolean
}

const lineFeed = 10
const carriageReturn = 13

/** What ends a line: LF or CRLF, and CR where the first bytes of a file show no LF. */
export function newlineOf(sample: Uint8Array): number {
  return !sample.includes(lineFeed) && sample.includes(carriageReturn) ? carriageReturn : lineFeed
}

/** Cuts chunks of bytes into lines; holds one line at most, and of a line beyond the limit only the beginning. */
export class LineCutter {
  readonly #newline: number
  readonly #limit: number
  #rest: Uint8Array[] = []
  #restLength = 0
  #line = 1

  constructor(newline: number, limit: number) {
    this.#newline = newline
    this.#limit = limit
  }

  /** The lines that end in this chunk. Their bytes are to be used before the chunk is changed. */
  *lines(chunk: Uint8Array): Generator<TextLine> {
    let start = 0
    for (let end = chunk.indexOf(this.#newline); end >= 0; end = chunk.indexOf(this.#newline, start)) {
      yield this.#finished(chunk.subarray(start, end))
      start = end + 1
    }
    this.#keep(chunk.subarray(start))
  }

  /** The last line, where no newline ends it. */
  *end(): Generator<TextLine> {
    if (this.#restLength > 0) yield this.#finished(new Uint8Array(0))
  }

  #finished(tail: Uint8Array): TextLine {
    let bytes = tail
    if (this.#restLength > 0) {
      this.#keep(tail)
      bytes = Buffer.concat(this.#rest)
    }
    const length = Math.max(this.#restLength, tail.length)
    this.#rest = []
    this.#restLength = 0
    const text = bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes
    const line = { bytes: text.subarray(0, this.#limit), line: this.#line, cut: length > this.#limit + 1 || text.length > this.#limit }
    this.#line += 1
    return line
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    const room = this.#limit + 1 - this.#restLength
    if (room > 0) this.#rest.push(bytes.subarray(0, room))
    this.#restLength += bytes.length
  }
}
