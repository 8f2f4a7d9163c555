import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../store/fixtures/temporary-folder.ts'
import { openSource } from './open-source.ts'

/** A version 1.0 NPY file of 64-bit integers, of which one far down is beyond 2^53. */
function lateGiant(): Buffer {
  const values = new BigInt64Array(9000).fill(7n)
  values[8999] = 2n ** 53n + 1n
  const dictionary = `{'descr': '<i8', 'fortran_order': False, 'shape': (9000,), }`.padEnd(117)
  return Buffer.concat([Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]), Buffer.from(`${dictionary}\n`), Buffer.from(values.buffer)])
}

test('a column that a person makes text keeps every digit of its integers', async () => {
  const path = join(temporaryFolder(), 'n.npy')
  writeFileSync(path, lateGiant())
  const last = async (columns: Parameters<typeof openSource>[1]['columns']) => {
    const file = await openSource(path, { format: undefined, options: {}, columns })
    let [value, rejected]: [unknown, number] = [null, 0]
    for await (const batch of file.batches(new AbortController().signal)) {
      value = batch.columns[0]?.values.at(-1)
      rejected += batch.rejected.length
    }
    await file.close()
    return [file.columns[0]?.type, value, rejected]
  }
  expect(await last(null)).toEqual(['number', 7, 1])
  expect(await last([{ name: 'n', role: 'meta', type: 'text' }])).toEqual(['text', '9007199254740993', 0])
})
