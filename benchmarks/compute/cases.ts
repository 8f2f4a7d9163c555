/** What a case computes, as plain data that every peer reads. */
export type Spec =
  | { readonly kind: 'dense'; readonly widths: readonly number[]; readonly layers: readonly string[]; readonly batch: number }
  | StackedSpec
  | ConvolutionalSpec
  | TransformerSpec
  | ProductSpec

/** Several dense networks of the same widths, each with its own parameters and batch. */
export interface StackedSpec {
  readonly kind: 'stacked'
  readonly runs: number
  readonly widths: readonly number[]
  readonly layers: readonly string[]
  readonly batch: number
}

export interface ConvolutionalSpec {
  readonly kind: 'convolutional'
  readonly image: readonly [number, number, number]
  readonly channels: readonly [number, number]
  readonly filter: number
  readonly hidden: number
  readonly classes: number
  readonly batch: number
}

export interface TransformerSpec {
  readonly kind: 'transformer'
  readonly vocabulary: number
  readonly length: number
  readonly width: number
  readonly heads: number
  readonly blocks: number
  readonly classes: number
  readonly batch: number
}

/** `[m, k] x [k, n]`; a transposed operand is stored the other way round. */
export interface ProductSpec {
  readonly kind: 'product'
  readonly m: number
  readonly k: number
  readonly n: number
  readonly transposeA: boolean
  readonly transposeB: boolean
}

export interface Case {
  /** Short and unique, for `--only`. */
  readonly name: string
  readonly title: string
  readonly spec: Spec
}

const dense = (name: string, widths: readonly number[], batch: number): Case => ({
  name,
  title: `MLP ${widths.join('-')}, batch ${batch}`,
  spec: { kind: 'dense', widths, layers: layersOf(widths), batch }
})

/** `body/0`, `body/1`, ..., `head/0`, as the bench's dense classifier names them. */
const layersOf = (widths: readonly number[]): string[] => [...widths.slice(2).map((_, i) => `body/${i}`), 'head/0']

const products: readonly Case[] = [
  [64, 64, 64],
  [128, 128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [1024, 1024, 1024],
  [128, 784, 256]
].flatMap(([m = 1, k = 1, n = 1]) =>
  ['nn', 'nt', 'tn', 'tt'].map((form) => ({
    name: `product-${m}x${k}x${n}-${form}`,
    title: `Product ${m} x ${k} x ${n}, ${form}`,
    spec: { kind: 'product' as const, m, k, n, transposeA: form[0] === 't', transposeB: form[1] === 't' }
  }))
)

const smallWidths = [20, 32, 10]

/** Everything the benchmark measures, in the order of the report. */
export const cases: readonly Case[] = [
  dense('mlp-256', [784, 256, 10], 128),
  dense('mlp-1024', [784, 1024, 1024, 10], 128),
  dense('mlp-small', smallWidths, 32),
  {
    name: 'cnn',
    title: 'CNN 28 x 28, two convolutions (16, 32), hidden 128, batch 64',
    spec: { kind: 'convolutional', image: [28, 28, 1], channels: [16, 32], filter: 3, hidden: 128, classes: 10, batch: 64 }
  },
  {
    name: 'transformer',
    title: 'Transformer, 2 blocks, width 64, 4 heads, 32 tokens, batch 32',
    spec: { kind: 'transformer', vocabulary: 256, length: 32, width: 64, heads: 4, blocks: 2, classes: 10, batch: 32 }
  },
  {
    name: 'seeds-16',
    title: '16 seeds of the MLP 20-32-10, batch 32 (a step of all sixteen)',
    spec: { kind: 'stacked', runs: 16, widths: smallWidths, layers: layersOf(smallWidths), batch: 32 }
  },
  ...products
]
