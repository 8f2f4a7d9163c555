/** An element of a JSON array as it stands in the file. */
export interface JsonElement {
  readonly bytes: Uint8Array
  /** Line where it starts, from 1. */
  readonly line: number
  readonly fault: string | null
}

const quote = 34
const backslash = 92
const comma = 44
const lineFeed = 10
const [openBrace, closeBrace, openBracket, closeBracket] = [123, 125, 91, 93]

/**
 * Cuts the text of a JSON array into its elements without parsing them, so that a broken element costs that one row. A string
 * never closed shows at the end of its line, where JSON allows none, a bracket never closed at the end of the text. The array
 * then goes on at the next line that begins as the broken element's did; once a bracket was missing, every such line begins
 * an element, so that no byte is looked at more than twice.
 */
export function* jsonElements(text: Uint8Array): Generator<JsonElement> {
  const cursor: Cursor = { at: 0, line: 1, byLines: false }
  skipBlank(text, cursor)
  if (text[cursor.at] !== openBracket) return
  cursor.at += 1
  for (;;) {
    skipBlank(text, cursor)
    if (cursor.at >= text.length) return
    if (text[cursor.at] === closeBracket) break
    yield nextElement(text, cursor)
    skipBlank(text, cursor)
    if (text[cursor.at] === comma) cursor.at += 1
  }
  cursor.at += 1
  skipBlank(text, cursor)
  if (cursor.at < text.length) yield { bytes: text.subarray(cursor.at), line: cursor.line, fault: 'After the end of the array stands more.' }
}

interface Cursor {
  at: number
  line: number
  byLines: boolean
}

function nextElement(text: Uint8Array, cursor: Cursor): JsonElement {
  const { at: start, line } = cursor
  const beginning = lineBeginning(text, start)
  const end = elementEnd(text, cursor, beginning)
  if (end.open && cursor.at >= text.length && !cursor.byLines && beginning !== null) {
    Object.assign(cursor, { at: start, line, byLines: true })
    return nextElement(text, cursor)
  }
  const missing = cursor.at >= text.length ? 'The array is cut off inside this row.' : 'A bracket is not closed.'
  const fault = end.broken ? 'A string is not closed on its line.' : end.open ? missing : null
  return { bytes: text.subarray(start, end.at), line, fault }
}

interface ElementEnd {
  /** After the last byte of the element. */
  readonly at: number
  /** A string went over the end of its line. */
  readonly broken: boolean
  /** A bracket or string is still open. */
  readonly open: boolean
}

/** Moves the cursor behind the element that starts there. */
function elementEnd(text: Uint8Array, cursor: Cursor, beginning: Uint8Array | null): ElementEnd {
  let depth = 0
  let inString = false
  let broken = false
  let at = cursor.at
  for (; at < text.length; at += 1) {
    const byte = text[at] as number
    if (byte === lineFeed) {
      broken ||= inString
      inString = false
      cursor.line += 1
      if ((broken || cursor.byLines) && beginning !== null && beginsSo(text, at + 1, beginning)) {
        cursor.at = at + 1
        return { at, broken, open: depth > 0 }
      }
    } else if (inString) {
      if (byte === backslash && text[at + 1] !== lineFeed) at += 1
      else if (byte === quote) inString = false
    } else if (byte === quote) inString = true
    else if (byte === openBrace || byte === openBracket) depth += 1
    else if (depth === 0 && (byte === comma || byte === closeBracket)) break
    else if ((byte === closeBrace || byte === closeBracket) && depth > 0) {
      depth -= 1
      if (depth > 0) continue
      cursor.at = at + 1
      return { at: at + 1, broken, open: false }
    }
  }
  cursor.at = Math.min(at, text.length)
  return { at: cursor.at, broken, open: depth > 0 || inString }
}

/** What stands before an element on its line and its first byte, where that is blank space; else null. */
function lineBeginning(text: Uint8Array, start: number): Uint8Array | null {
  let at = start
  while (at > 0 && isBlank(text[at - 1])) at -= 1
  return at === 0 || text[at - 1] === lineFeed ? text.subarray(at, start + 1) : null
}

function beginsSo(text: Uint8Array, at: number, beginning: Uint8Array): boolean {
  return beginning.every((byte, index) => text[at + index] === byte)
}

function skipBlank(text: Uint8Array, cursor: Cursor): void {
  while (cursor.at < text.length && (isBlank(text[cursor.at]) || text[cursor.at] === lineFeed)) {
    if (text[cursor.at] === lineFeed) cursor.line += 1
    cursor.at += 1
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === 32 || byte === 9 || byte === 13
}
