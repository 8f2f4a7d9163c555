import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { BenchError } from '../../shared/contract/errors.ts'

/** Bytes that a line may have. */
const longestLine = 2 ** 24
const lineFeed = 10
const carriageReturn = 13
const quote = 34

/** A line of a file without its end. The bytes are valid until the next line is asked for. */
export interface Line {
  readonly bytes: Buffer
  /** From 1. */
  readonly number: number
}

/**
 * The lines of a file, read a piece at a time; a byte order mark and blank lines at the end are left out.
 *
 * @throws BenchError `not-found` where the file cannot be read, `bad-data` for a line longer than 16 MiB or a blank line between others
 */
export async function* linesOf(path: string): AsyncGenerator<Line> {
  const name = basename(path)
  let rest: Buffer = Buffer.alloc(0)
  let number = 0
  let blank = 0
  const lineFrom = (bytes: Buffer): Line | null => {
    number++
    let end = bytes.length
    if (end > 0 && bytes[end - 1] === carriageReturn) end--
    const start = number === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
    if (end <= start) {
      blank ||= number
      return null
    }
    if (blank > 0) throw new BenchError('bad-data', `${name}: line ${blank} is empty.`, { field: `line ${blank}`, hint: 'Take empty lines out; -1 stands for a function that abstains.' })
    return { bytes: bytes.subarray(start, end), number }
  }
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) {
      const bytes = rest.length > 0 ? Buffer.concat([rest, piece]) : piece
      let start = 0
      for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
        const line = lineFrom(bytes.subarray(start, end))
        start = end + 1
        if (line) yield line
      }
      rest = bytes.subarray(start)
      if (rest.length > longestLine) throw new BenchError('bad-data', `${name}: line ${number + 1} is longer than 16 MiB.`, { field: `line ${number + 1}`, hint: 'The file is not a table of votes.' })
    }
  } catch (error) {
    if (error instanceof BenchError) throw error
    throw unreadable(path, error)
  }
  const last = rest.length > 0 ? lineFrom(rest) : null
  if (last) yield last
}

/** The error for a file that the system does not let us read. */
export function unreadable(path: string, cause: unknown): BenchError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  const message = code === 'ENOENT' ? `There is no file ${path}.` : code === 'EISDIR' ? `${path} is a folder, not a file.` : `${path} cannot be read.`
  return new BenchError('not-found', message, { field: 'path', hint: 'Check the path and your rights to read it.' }, cause)
}

/** The cells of a line as text; a cell in double quotes may hold the delimiter, and two double quotes for one. */
export function cellsOf(line: Buffer, delimiter: number): string[] {
  const cells: string[] = []
  let start = 0
  while (start <= line.length) {
    const end = cellEnd(line, start, delimiter)
    const text = line.toString('utf8', start, end).trim()
    cells.push(text.startsWith('"') && text.endsWith('"') && text.length > 1 ? text.slice(1, -1).replaceAll('""', '"') : text)
    start = end + 1
  }
  return cells
}

/** Where the cell that starts at `start` ends: at a delimiter outside quotes or at the end of the line. */
export function cellEnd(line: Buffer, start: number, delimiter: number): number {
  let at = start
  let quoted = false
  for (; at < line.length; at++) {
    const byte = line[at]
    if (byte === quote) quoted = !quoted
    else if (byte === delimiter && !quoted) break
  }
  return at
}
