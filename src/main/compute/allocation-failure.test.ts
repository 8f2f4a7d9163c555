import { describe, expect, it } from 'vitest'
import { BenchError } from '../../shared/contract/errors.ts'
import { withoutAllocationFailure } from './allocation-failure.ts'

/** What a piece of work throws. */
function thrownBy(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('Nothing was thrown.')
}
/** The smallest module with a memory, of one page, and a function `f` that reads beyond it. */
const readsBeyond = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 5, 3, 1, 0, 1, 7, 5, 1, 1, 102, 0, 0, 10, 11, 1, 9, 0, 65, 128, 128, 8, 40, 2, 0, 11
])

describe('a lack of memory', () => {
  it.each<[string, () => unknown]>([
    ['an array buffer', () => new ArrayBuffer(2 ** 50)],
    ['a typed array', () => new Float32Array(2 ** 50)],
    ['WebAssembly', () => (new WebAssembly.Instance(new WebAssembly.Module(readsBeyond)).exports['f'] as () => number)()],
    ['TensorFlow', () => { throw new Error('Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[4194304,4194304] and type float on /job:localhost') }],
    ['TensorFlow on a GPU', () => { throw new Error('Invalid TF_Status: 8\nMessage: failed to allocate memory') }]
  ])('of %s becomes one sentence with a remedy, and keeps what was said', (_of, work) => {
    const error = thrownBy(work)
    expect(error).toBeInstanceOf(Error)
    expect(withoutAllocationFailure(error)).toMatchObject({
      payload: { code: 'out-of-memory', message: 'Memory does not suffice for this model and batch.', hint: expect.stringContaining('smaller batch') as string, details: expect.stringContaining((error as Error).message) as string }
    })
  })

  it('is not seen in other failures', () => {
    const told = new BenchError('device-lost', 'The GPU ran out of memory, though not quite.')
    const [other, thrown] = [new TypeError('x.room is not a function'), 'out of memory']
    for (const error of [told, other, thrown]) expect(withoutAllocationFailure(error)).toBe(error)
  })
})
