import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packageRoot } from '../runs/package-root.ts'
import { readSample, sampleSources } from './samples.ts'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describe('the MNIST 10k sample', () => {
  it.each([
    ['mnist-10k-images-idx3-ubyte.gz', 'fd2e4c2c97ebccd77ab08736830691e604e6ea2f84b09953adff62ea9ac00584'],
    ['mnist-10k-labels-idx1-ubyte.gz', '03c2725368d678ef8c771f0b0eb162b18d5fd2b9f477dbae352828244ad3d7c4']
  ])('ships the very file %s that results are reported on', async (file, hash) => {
    expect(sha256(await readFile(join(packageRoot, 'resources', 'data', file)))).toBe(hash)
  })

  it('has 10,000 grey images of 28 by 28 with a label each', async () => {
    const { dataset, features, labels } = await readSample('mnist-10k')
    expect(dataset).toMatchObject({ kind: 'image', dtype: 'uint8', count: 10_000, shape: [28, 28], source: sampleSources['mnist-10k'] })
    expect(features).toHaveLength(10_000 * 784)
    expect(labels).toHaveLength(10_000)
    const counts = new Array<number>(10).fill(0)
    for (const label of labels) counts[label] = (counts[label] ?? Number.NaN) + 1
    expect(counts).toEqual([1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978])
    expect(sha256(features)).toBe(sha256FeaturesOfFile)
  })

  it('names each class by its digit, with a key and a colour of its own', async () => {
    const { classes } = (await readSample('mnist-10k')).dataset
    expect(classes.map(({ name }) => name)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
    expect(classes.map(({ key }) => key)).toEqual(classes.map(({ name }) => name))
    expect(classes.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(new Set(classes.map(({ color }) => color)).size).toBe(10)
  })

  it('shows digits: the mean image of the ones is a stroke in the middle, that of the zeros a ring', async () => {
    const { features, labels } = await readSample('mnist-10k')
    const meanAt = (digit: number, row: number, column: number): number => {
      const rows = Array.from(labels.keys()).filter((index) => labels[index] === digit)
      return rows.reduce((sum, index) => sum + (features[index * 784 + row * 28 + column] as number), 0) / rows.length
    }
    expect(meanAt(1, 14, 14)).toBeGreaterThan(150)
    expect(meanAt(0, 14, 14)).toBeLessThan(30)
    expect(meanAt(0, 14, 7)).toBeGreaterThan(80)
    expect(meanAt(1, 14, 4)).toBeLessThan(5)
  })
})

/** Of the unpacked images without their header of 16 bytes. */
const sha256FeaturesOfFile = '8f49a21cf36fe10196cfb050cac63e37db00aa553a2e195fb9d503fb809f56ca'
