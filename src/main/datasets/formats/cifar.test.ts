import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cifarSource, openCifar } from './cifar.ts'
import { fuzz, inFolder, memoryFile, readWhole } from './fuzzing.ts'

/** A record whose planes are recognisable: red 1, green 2, blue 3 plus the record's number, the first pixel 250, 251, 252. */
function record(labels: readonly number[], number: number): Uint8Array {
  const planes = [1, 2, 3].map((channel) => {
    const plane = Buffer.alloc(1024, 10 * number + channel)
    plane[0] = 249 + channel
    return plane
  })
  return Buffer.concat([Uint8Array.from(labels), ...planes])
}

const noNames = { isFolder: false, labelNames: new Map<string, readonly string[]>() }
const names = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck']

describe('CIFAR-10', () => {
  test('one file: planes become pixels', async () => {
    const source = cifarSource([memoryFile('data_batch_1.bin', Buffer.concat([record([3], 1), record([9], 2)]))], noNames)
    expect(source.columns).toEqual([{ name: 'image', type: 'array', shape: [32, 32, 3], dtype: 'uint8' }, { name: 'label', type: 'number' }])
    expect(source.rows).toBe(2)
    const { values } = await readWhole(source)
    expect(values['label']).toEqual([3, 9])
    expect(values['image']?.slice(0, 9)).toEqual([250, 251, 252, 11, 12, 13, 11, 12, 13])
    expect(values['image']?.slice(3072, 3078)).toEqual([250, 251, 252, 21, 22, 23])
  })

  test('a folder: batches in order, names and splits', async () => {
    await inFolder(async (folder) => {
      await writeFile(join(folder, 'batches.meta.txt'), `${names.join('\n')}\n\n`)
      await writeFile(join(folder, 'readme.html'), 'not a batch')
      await writeFile(join(folder, 'test_batch.bin'), record([0], 1))
      await writeFile(join(folder, 'data_batch_10.bin'), record([1], 1))
      await writeFile(join(folder, 'data_batch_2.bin'), Buffer.concat([record([2], 1), record([10], 1), record([4], 1)]))
      const source = await openCifar(folder)
      expect(source.columns.map((column) => column.name)).toEqual(['image', 'label', 'class', 'split'])
      const whole = await readWhole(source)
      expect(whole.rowNumbers).toEqual([1, 3, 4, 5])
      expect(whole.values['label']).toEqual([2, 4, 1, 0])
      expect(whole.values['class']).toEqual(['bird', 'deer', 'automobile', 'airplane'])
      expect(whole.values['split']).toEqual(['train', 'train', 'train', 'test'])
      expect(whole.rejected).toEqual([{ row: 2, line: null, column: 'label', reason: 'The label 10 is beyond the 10 classes.', excerpt: '10' }])
    })
  })

  test('refusals', async () => {
    expect(() => cifarSource([memoryFile('data_batch_1.bin', record([3], 1).slice(0, 3000))], noNames)).toThrow('data_batch_1.bin: 3000 bytes are no whole number of CIFAR-10 records of 3073 bytes; 0 fit.')
    expect(() => cifarSource([memoryFile('data_batch_1.bin', new Uint8Array(0))], noNames)).toThrow('0 bytes')
    await expect(openCifar('/nowhere')).rejects.toMatchObject({ code: 'not-found' })
    await inFolder(async (folder) => {
      await mkdir(join(folder, 'empty'))
      await expect(openCifar(join(folder, 'empty'))).rejects.toMatchObject({ code: 'bad-data' })
    })
  })
})

test('CIFAR-100 has coarse and fine labels', async () => {
  const labelNames = new Map([['coarse_label_names.txt', Array.from({ length: 20 }, (_, index) => `coarse ${index}`)]])
  for (const name of ['train.bin', 'renamed.bin']) {
    const source = cifarSource([memoryFile(name, Buffer.concat([record([19, 99], 1), record([20, 5], 1)]))], { isFolder: false, labelNames })
    const whole = await readWhole(source)
    expect(whole.values['label']).toEqual([99])
    expect(whole.values['coarse_label']).toEqual([19])
    expect(whole.values['coarse_class']).toEqual(['coarse 19'])
    expect(whole.values['image']?.slice(0, 3)).toEqual([250, 251, 252])
    expect(whole.rejected[0]).toMatchObject({ row: 2, column: 'coarse_label' })
  }
})

test('damaged files give rows or bad-data, never anything else', async () => {
  const { read, refused } = await fuzz(Buffer.concat([record([1], 1), record([2], 2)]), 'data_batch_1.bin', (file) => Promise.resolve().then(() => cifarSource([file], noNames)), 600)
  expect(read).toBeGreaterThan(100)
  expect(refused).toBeGreaterThan(100)
})
