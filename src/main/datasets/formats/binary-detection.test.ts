import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { recogniseBinary } from './binary-detection.ts'
import { inFolder } from './fuzzing.ts'

test.each([
  ['a.parquet', 'PAR1', 'parquet'],
  ['renamed.bin', 'PAR1', 'parquet'],
  ['a.feather', 'ARROW1\0\0', 'arrow'],
  ['old.feather', 'FEA1', 'arrow'],
  ['a.arrows', '\xff\xff\xff\xff\x80\0\0\0', 'arrow'],
  ['a.npy', '\x93NUMPY\x01\0', 'npy'],
  ['a.npz', 'PK\x03\x04', 'npz'],
  ['a.zip', 'PK\x03\x04', null],
  ['train-images-idx3-ubyte.gz', '\x1f\x8b\x08', 'idx'],
  ['a.csv.gz', '\x1f\x8b\x08', null],
  ['anything', '\0\0\x08\x03', 'idx'],
  ['anything', '\0\0\x07\x03', null],
  ['data_batch_1.bin', '\x05', 'cifar-10'],
  ['train.bin', '\x05', 'cifar-10'],
  ['a.csv', 'a,b\n', null],
  ['empty', '', null]
])('%s beginning with %j is %s', async (name, start, format) => {
  expect(await recogniseBinary(join('folder', name), Buffer.from(start, 'latin1'), false)).toBe(format)
})

test('folders by the names in them', async () => {
  await inFolder(async (folder) => {
    const none = new Uint8Array(0)
    expect(await recogniseBinary(folder, none, true)).toBeNull()
    await mkdir(join(folder, 'cats', 'young'), { recursive: true })
    await writeFile(join(folder, 'cats', 'notes.txt'), '')
    expect(await recogniseBinary(folder, none, true)).toBeNull()
    await writeFile(join(folder, 'cats', 'young', '1.JPG'), '')
    expect(await recogniseBinary(folder, none, true)).toBe('image-folder')
    await writeFile(join(folder, 'data_batch_1.bin'), '')
    expect(await recogniseBinary(folder, none, true)).toBe('cifar-10')
    expect(await recogniseBinary(join(folder, 'nowhere'), none, true)).toBeNull()
  })
})
