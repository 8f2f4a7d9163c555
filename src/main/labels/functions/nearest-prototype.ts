import { BenchError } from '../../../shared/contract/errors.ts'
import type { LabelingFunctionDefinition } from '../../../shared/domain/labeling-function.ts'
import { abstain } from '../../../shared/domain/weak-labels.ts'
import type { CompiledFunction, FunctionContext } from './compiled-function.ts'
import { requireClass } from './function-columns.ts'

type NearestPrototype = Extract<LabelingFunctionDefinition, { kind: 'nearest-prototype' }>

/**
 * The class of the prototype at the least distance sqrt(sum over features of ((x - p) / scale)^2), where that is at most
 * `radius`. Of prototypes equally near, the first one listed counts; a row with a missing feature abstains.
 */
export function compileNearestPrototype(definition: NearestPrototype, context: FunctionContext): CompiledFunction {
  const { features } = context
  if (features === undefined) {
    throw new BenchError('invalid-input', 'The data set has no features to measure distances in.', { field: 'prototypes', hint: 'Give it feature columns, or use a function over text.' })
  }
  const { width } = features
  definition.prototypes.forEach(({ label }, index) => requireClass(label, context, `prototypes.${index}.label`))
  const weights = features.scale.map((scale) => 1 / scale)
  const centers = scaled(features.featuresOf(Int32Array.from(definition.prototypes, ({ row }) => row)), weights)
  // Rounding must not put a row outside the radius that it defines.
  const farthest = definition.radius === null ? Infinity : definition.radius ** 2 * (1 + 1e-6)

  return {
    apply(batch) {
      const rows = batch.features
      if (rows?.length !== batch.rows.length * width) throw new RangeError(`A batch of ${batch.rows.length} rows needs ${width} features a row.`)
      const points = scaled(rows, weights)
      const votes = batch.rows.map((_, index) => {
        const nearest = nearestCenter(points, centers, width, index, farthest)
        return definition.prototypes[nearest]?.label ?? abstain
      })
      return Promise.resolve(votes)
    },
    matchIn: () => null
  }
}

const scaled = (matrix: Float32Array, weights: Float32Array): Float32Array => matrix.map((value, index) => value * (weights[index % weights.length] ?? 0))

function nearestCenter(points: Float32Array, centers: Float32Array, width: number, row: number, farthest: number): number {
  let nearest = -1
  let least = farthest
  for (let center = 0; center * width < centers.length; center++) {
    const distance = squaredDistance(points, row * width, centers, center * width, width)
    if (distance < least || (distance === least && nearest === -1)) {
      least = distance
      nearest = center
    }
  }
  return nearest
}

function squaredDistance(a: Float32Array, atA: number, b: Float32Array, atB: number, width: number): number {
  let sum = 0
  for (let column = 0; column < width; column++) {
    const difference = (a[atA + column] ?? 0) - (b[atB + column] ?? 0)
    sum += difference * difference
  }
  return sum
}
