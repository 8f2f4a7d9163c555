import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import { stream } from '../../src/main/learn/random.ts'

/** Writes a CSV file of `rows` x 11: a number, eight measures, a text and a class; the same for the same number of rows. */
export async function writeTable(path: string, rows: number): Promise<void> {
  const random = stream(0, 'benchmark-table')
  const out = createWriteStream(path)
  let text = 'id,f1,f2,f3,f4,f5,f6,f7,f8,note,label\n'
  for (let row = 0; row < rows; row++) {
    text += String(row)
    for (let column = 0; column < 8; column++) text += `,${(random.uniform() * 10 - 5).toFixed(6)}`
    text += `,note ${random.integer(1_000_000)} of some words,${['cat', 'dog', 'fish'][random.integer(3)]}\n`
    if (text.length < 1_000_000) continue
    if (!out.write(text)) await once(out, 'drain')
    text = ''
  }
  out.end(text)
  await finished(out)
}
