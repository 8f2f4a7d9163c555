import { parseArgs } from 'node:util'
import { availableParallelism } from 'node:os'
import { cases } from './cases.ts'
import type { Case } from './cases.ts'

export const usage = `Usage: npm run -s benchmark -- compute [options]

Times training steps and matrix products of the bench's engines, of stock TensorFlow.js, and of PyTorch and JAX where
they are installed: on the same cores, in turns, after checking that all compute the same numbers.

  --json          print one JSON object
  --only NAME     only cases whose name contains NAME (repeat it for more)
  --quick         fewer and shorter rounds
  --python PATH   the Python that has PyTorch and JAX (python3)
  --threads N,M   numbers of threads for PyTorch and JAX (1,2); the bench gets the largest, and one
  --gpu           also time what runs on a graphics card: WebGPU, PyTorch with CUDA
  --list          list the cases
  --help          show this`

export interface Options {
  readonly json: boolean
  readonly quick: boolean
  readonly gpu: boolean
  readonly list: boolean
  readonly help: boolean
  readonly python: string
  readonly threads: readonly number[]
  readonly chosen: readonly Case[]
}

/** An argument that makes no sense, in a sentence. */
export class UsageError extends Error {}

/** Reads the arguments after `compute`. @throws UsageError */
export function parseOptions(args: readonly string[], cores = availableParallelism()): Options {
  const values = read(args)
  const only = values.only ?? []
  const chosen = only.length === 0 ? cases : cases.filter(({ name }) => only.some((part) => name.includes(part)))
  if (chosen.length === 0) throw new UsageError(`No case has "${only.join('", "')}" in its name; --list lists them.`)
  return {
    json: values.json ?? false,
    quick: values.quick ?? false,
    gpu: values.gpu ?? false,
    list: values.list ?? false,
    help: values.help ?? false,
    python: values.python ?? 'python3',
    threads: values.threads === undefined ? [1, 2].filter((count) => count <= cores) : threadsOf(values.threads),
    chosen
  }
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean' },
        quick: { type: 'boolean' },
        gpu: { type: 'boolean' },
        list: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        only: { type: 'string', multiple: true },
        python: { type: 'string' },
        threads: { type: 'string' }
      }
    }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function threadsOf(text: string): number[] {
  const counts = text.split(',').map(Number)
  if (counts.every((count) => Number.isInteger(count) && count >= 1)) return counts
  throw new UsageError(`--threads ${text} must be whole numbers from 1 on, such as 1,2.`)
}
