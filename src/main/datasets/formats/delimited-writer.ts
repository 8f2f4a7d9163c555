import type { ColumnValues, SourceColumn } from './source-file.ts'

/** How a delimited file is written. */
export interface WriteDelimitedOptions {
  readonly delimiter?: string
  readonly newline?: '\n' | '\r\n'
  readonly header?: boolean
  readonly decimal?: '.' | ','
  /** Puts an apostrophe before texts that a spreadsheet would run as formulas, and before those that begin with one; default yes. */
  readonly neutralise?: boolean
  /** Begins with a byte order mark, by which Excel knows UTF-8. */
  readonly byteOrderMark?: boolean
}

const formulaLike = new Set(['=', '+', '-', '@', '\t', '\r', '\''])
const chunkLength = 64 * 1024

/** A text as it stands in a file that a spreadsheet may open: with an apostrophe before what it would run as a formula. */
export const neutralised = (text: string): string => (formulaLike.has(text.charAt(0)) ? `'${text}` : text)

/**
 * Writes columns as delimited text by RFC 4180, in chunks of about 64 KiB. A missing number or text is an empty cell, an
 * empty text is `""`; numbers are the shortest text that reads back as the same double. An array column becomes one column
 * an element, `name.0` and so on. `openDelimited` with `neutralised: true` and the types of the columns reads it back equal.
 */
export async function* writeDelimited(columns: readonly SourceColumn[], batches: AsyncIterable<readonly ColumnValues[]> | Iterable<readonly ColumnValues[]>, options: WriteDelimitedOptions = {}): AsyncGenerator<string> {
  const writing = { delimiter: options.delimiter ?? ',', decimal: options.decimal ?? '.', neutralise: options.neutralise ?? true }
  const newline = options.newline ?? '\n'
  let text = options.byteOrderMark === true ? '\ufeff' : ''
  if (options.header ?? true) text += columns.flatMap(headerOf).map((name) => textCell(name, writing)).join(writing.delimiter) + newline
  for await (const batch of batches) {
    const cells = batch.map((values, index) => cellsOf(values, elementsOf(columns[index]), writing))
    for (let row = 0; row < rowsOf(batch[0], columns[0]); row += 1) {
      text += cells.map((cell) => cell(row)).join(writing.delimiter) + newline
      if (text.length < chunkLength) continue
      yield text
      text = ''
    }
  }
  if (text !== '') yield text
}

interface Writing {
  readonly delimiter: string
  readonly decimal: '.' | ','
  readonly neutralise: boolean
}

function headerOf(column: SourceColumn): readonly string[] {
  return column.type === 'array' ? Array.from({ length: elementsOf(column) }, (_, element) => `${column.name}.${element}`) : [column.name]
}

function elementsOf(column: SourceColumn | undefined): number {
  return (column?.shape ?? []).reduce((product, size) => product * size, 1)
}

function rowsOf(values: ColumnValues | undefined, column: SourceColumn | undefined): number {
  if (values === undefined) return 0
  return values.type === 'array' ? values.values.length / Math.max(1, elementsOf(column)) : values.values.length
}

function cellsOf(column: ColumnValues, elements: number, writing: Writing): (row: number) => string {
  if (column.type === 'text') return (row) => textCell(column.values[row] ?? null, writing)
  if (column.type === 'number') return (row) => numberCell(column.values[row] ?? NaN, writing)
  return (row) => Array.from(column.values.subarray(row * elements, (row + 1) * elements), (value) => numberCell(value, writing)).join(writing.delimiter)
}

function numberCell(value: number, { decimal, delimiter }: Writing): string {
  if (Number.isNaN(value)) return ''
  const text = Object.is(value, -0) ? '-0' : String(value)
  const marked = decimal === ',' ? text.replace('.', ',') : text
  return marked.includes(delimiter) ? `"${marked}"` : marked
}

function textCell(text: string | null, { delimiter, neutralise }: Writing): string {
  if (text === null) return ''
  if (text === '') return '""'
  const safe = neutralise ? neutralised(text) : text
  // The reader keeps spaces, but not every program does, so that cells with spaces at an end are framed too.
  const framed = safe.includes('"') || safe.includes('\n') || safe.includes('\r') || safe.includes(delimiter) || safe.trim() !== safe
  return framed ? `"${safe.replaceAll('"', '""')}"` : safe
}
