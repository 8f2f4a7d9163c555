import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stream } from '../../src/main/learn/random.ts'
import type { Stream } from '../../src/main/learn/random.ts'
import type { Case, Spec } from './cases.ts'

/** A tensor that every peer starts from. */
export interface CaseArray {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array | Int32Array
}

/** What a peer reads: the specification and where in `data` each array lies. */
export interface CaseFile {
  readonly spec: Spec
  readonly learningRate: number
  readonly data: string
  readonly arrays: readonly { readonly name: string; readonly shape: readonly number[]; readonly dtype: 'float32' | 'int32'; readonly offset: number }[]
}

/**
 * Small, so that a fixed batch is not learnt by heart while it is timed: numbers that have died down to denormals cost
 * some processors ten times as much, and no training on real data has them.
 */
const learningRate = 1e-4

/** Writes a case with its initial parameters and batch, the same for every peer, and returns the path of its description. */
export function writeCase(folder: string, { name, spec }: Case): string {
  const arrays = arraysOf(spec, stream(1, 'benchmark', name))
  const data = join(folder, `${name}.bin`)
  writeFileSync(data, Buffer.concat(arrays.map(({ values }) => Buffer.from(values.buffer))))
  let offset = 0
  const described = arrays.map(({ name: own, shape, values }) => {
    const start = offset
    offset += values.byteLength
    return { name: own, shape, dtype: values instanceof Int32Array ? ('int32' as const) : ('float32' as const), offset: start }
  })
  const file = join(folder, `${name}.json`)
  writeFileSync(file, JSON.stringify({ spec, learningRate, data, arrays: described } satisfies CaseFile))
  return file
}

/** Reads what {@link writeCase} wrote: the description and its arrays by name. */
export async function readCase(file: string): Promise<{ description: CaseFile; arrays: ReadonlyMap<string, CaseArray> }> {
  const description = JSON.parse(await readFile(file, 'utf8')) as CaseFile
  const { buffer } = new Uint8Array(await readFile(description.data))
  const arrays = description.arrays.map(({ name, shape, dtype, offset }): [string, CaseArray] => {
    const size = shape.reduce((product, side) => product * side, 1)
    const values = dtype === 'int32' ? new Int32Array(buffer, offset, size) : new Float32Array(buffer, offset, size)
    return [name, { name, shape, values }]
  })
  return { description, arrays: new Map(arrays) }
}

function arraysOf(spec: Spec, source: Stream): CaseArray[] {
  const normal = (name: string, shape: readonly number[], scale: number): CaseArray => {
    const values = source.child(name).normals(sizeOf(shape))
    return { name, shape, values: values.map((value) => value * scale) }
  }
  const filled = (name: string, shape: readonly number[], value: number): CaseArray => ({ name, shape, values: new Float32Array(sizeOf(shape)).fill(value) })
  const whole = (name: string, shape: readonly number[], below: number): CaseArray => {
    const own = source.child(name)
    return { name, shape, values: Int32Array.from({ length: sizeOf(shape) }, () => own.integer(below)) }
  }
  /** A kernel with variance `gain / fan-in` and a zero bias. */
  const layer = (name: string, shape: readonly number[], fanIn: number, gain = 2, runs: readonly number[] = []): CaseArray[] => [
    normal(`${name}/kernel`, [...runs, ...shape], Math.sqrt(gain / fanIn)),
    filled(`${name}/bias`, [...runs, shape.at(-1) as number], 0)
  ]
  switch (spec.kind) {
    case 'product':
      return [
        normal('a', spec.transposeA ? [spec.k, spec.m] : [spec.m, spec.k], 1),
        normal('b', spec.transposeB ? [spec.n, spec.k] : [spec.k, spec.n], 1)
      ]
    case 'dense':
    case 'stacked': {
      const runs = spec.kind === 'stacked' ? [spec.runs] : []
      const { widths, layers, batch } = spec
      return [
        ...layers.flatMap((name, i) => layer(name, [widths[i] as number, widths[i + 1] as number], widths[i] as number, 2, runs)),
        normal('x', [...runs, batch, widths[0] as number], 1),
        whole('y', [...runs, batch], widths.at(-1) as number)
      ]
    }
    case 'convolutional': {
      const { image, channels, filter, hidden, classes, batch } = spec
      const flat = (image[0] / 4) * (image[1] / 4) * channels[1]
      return [
        ...layer('conv/0', [filter, filter, image[2], channels[0]], filter * filter * image[2]),
        ...layer('conv/1', [filter, filter, channels[0], channels[1]], filter * filter * channels[0]),
        ...layer('body/0', [flat, hidden], flat),
        ...layer('head/0', [hidden, classes], hidden),
        normal('x', [batch, ...image], 1),
        whole('y', [batch], classes)
      ]
    }
    case 'transformer': {
      const { vocabulary, length, width, blocks, classes, batch } = spec
      const norm = (name: string): CaseArray[] => [filled(`${name}/scale`, [width], 1), filled(`${name}/shift`, [width], 0)]
      const linear = (name: string, from: number, to: number): CaseArray[] => layer(name, [from, to], from, 1)
      return [
        normal('embedding/token', [vocabulary, width], 0.02),
        normal('embedding/position', [length, width], 0.02),
        ...Array.from({ length: blocks }, (_, i) => [
          ...norm(`block/${i}/norm1`),
          ...linear(`block/${i}/attention/in`, width, 3 * width),
          ...linear(`block/${i}/attention/out`, width, width),
          ...norm(`block/${i}/norm2`),
          ...linear(`block/${i}/feedforward/in`, width, 4 * width),
          ...linear(`block/${i}/feedforward/out`, 4 * width, width)
        ]).flat(),
        ...norm('norm'),
        ...linear('head', width, classes),
        whole('x', [batch, length], vocabulary),
        whole('y', [batch], classes)
      ]
    }
  }
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1)
