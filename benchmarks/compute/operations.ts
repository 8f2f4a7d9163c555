import type { ConvolutionalSpec, Spec, TransformerSpec } from './cases.ts'

/**
 * Floating point operations of one step of a case. Counted are the matrix products and convolutions alone, two
 * operations a multiply-add: forward, the gradient of the parameters and the gradient of the inputs, which the first
 * layer does not need. Everything else (activations, normalisation, Adam) costs time and counts as nothing, so that
 * GFLOP/s of a step are those of its useful arithmetic.
 */
export function operationsOf(spec: Spec): number {
  switch (spec.kind) {
    case 'product':
      return 2 * spec.m * spec.k * spec.n
    case 'dense':
      return denseStep(spec.widths, spec.batch)
    case 'stacked':
      return spec.runs * denseStep(spec.widths, spec.batch)
    case 'convolutional':
      return convolutionalStep(spec)
    case 'transformer':
      return transformerStep(spec)
  }
}

/** Forward and both gradients of every layer, without the gradient of the network's input. */
function denseStep(widths: readonly number[], batch: number): number {
  const forward = widths.slice(1).map((width, i) => 2 * batch * (widths[i] as number) * width)
  return 3 * sum(forward) - (forward[0] ?? 0)
}

function convolutionalStep({ image, channels, filter, hidden, classes, batch }: ConvolutionalSpec): number {
  const [height, width, depth] = image
  const first = 2 * batch * height * width * filter * filter * depth * channels[0]
  const second = 2 * batch * (height / 2) * (width / 2) * filter * filter * channels[0] * channels[1]
  const flat = (height / 4) * (width / 4) * channels[1]
  const head = 2 * batch * (flat * hidden + hidden * classes)
  return 3 * (first + second + head) - first
}

/** Projections (query, key, value, output, two of the feed-forward layer of four times the width), attention and head. */
function transformerStep({ length, width, blocks, classes, batch }: TransformerSpec): number {
  const tokens = batch * length
  const projections = 2 * tokens * (4 + 8) * width * width
  const attention = 2 * 2 * tokens * length * width
  return 3 * (blocks * (projections + attention) + 2 * batch * width * classes)
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
