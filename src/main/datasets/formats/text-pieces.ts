import { LineCutter, type TextLine } from './text-lines.ts'

/** Cuts chunks of text bytes into examples; what is cut at the limit has `cut` set. */
export interface PieceCutter {
  lines(chunk: Uint8Array): Iterable<TextLine>
  end(): Iterable<TextLine>
}

/** Cuts into paragraphs: lines up to the next blank one, joined by LF. */
export class ParagraphCutter implements PieceCutter {
  readonly #lines: LineCutter
  readonly #limit: number
  #parts: Uint8Array[] = []
  #length = 0
  #line = 1
  #cut = false

  constructor(newline: number, limit: number) {
    this.#lines = new LineCutter(newline, limit)
    this.#limit = limit
  }

  *lines(chunk: Uint8Array): Generator<TextLine> {
    for (const line of this.#lines.lines(chunk)) yield* this.#add(line)
  }

  *end(): Generator<TextLine> {
    for (const line of this.#lines.end()) yield* this.#add(line)
    yield* this.#finish()
  }

  *#add({ bytes, line, cut }: TextLine): Generator<TextLine> {
    if (isBlank(bytes) && !cut) {
      yield* this.#finish()
      return
    }
    if (this.#parts.length === 0) this.#line = line
    else this.#keep(Uint8Array.of(10))
    this.#keep(bytes)
    this.#cut ||= cut || this.#length > this.#limit
  }

  *#finish(): Generator<TextLine> {
    if (this.#parts.length === 0) return
    yield { bytes: Buffer.concat(this.#parts), line: this.#line, cut: this.#cut }
    this.#parts = []
    this.#length = 0
    this.#cut = false
  }

  #keep(bytes: Uint8Array): void {
    if (this.#length <= this.#limit) this.#parts.push(bytes)
    this.#length += bytes.length
  }
}

/** Cuts into pieces of a fixed number of characters (Unicode code points), line ends among them; the last may be shorter. */
export class CharacterCutter implements PieceCutter {
  readonly #characters: number
  /** In UTF-8 the bytes 0x80 to 0xBF continue a character. */
  readonly #continued: boolean
  #parts: Uint8Array[] = []
  #length = 0
  #count = 0
  #line = 1
  #startLine = 1

  constructor(characters: number, continued: boolean) {
    this.#characters = characters
    this.#continued = continued
  }

  *lines(chunk: Uint8Array): Generator<TextLine> {
    let start = 0
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] as number
      // Bytes that are no UTF-8 may continue without end; no character has more than four.
      const begins = !this.#continued || (byte & 0xc0) !== 0x80 || this.#length + at - start >= 4 * this.#characters
      if (begins && this.#count === this.#characters) {
        this.#keep(chunk.subarray(start, at))
        yield* this.#finish()
        start = at
      }
      if (begins) this.#count += 1
      if (byte === 10) this.#line += 1
    }
    this.#keep(chunk.subarray(start))
  }

  *end(): Generator<TextLine> {
    yield* this.#finish()
  }

  *#finish(): Generator<TextLine> {
    if (this.#length === 0) return
    yield { bytes: Buffer.concat(this.#parts), line: this.#startLine, cut: false }
    this.#parts = []
    this.#length = 0
    this.#count = 0
    this.#startLine = this.#line
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#parts.push(bytes)
    this.#length += bytes.length
  }
}

/** Whether a line holds nothing but spaces. */
export function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 32 || byte === 9 || byte === 13)
}
