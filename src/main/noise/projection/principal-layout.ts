import { principalComponents, projectRows } from '../neighbours/principal-components.ts'
import { countRows } from '../neighbours/feature-rows.ts'
import type { FeatureRows } from '../neighbours/feature-rows.ts'
import type { Pace } from '../neighbours/pace.ts'

export interface PrincipalLayout {
  /** Coordinates, examples x 2, row-major. */
  readonly coordinates: Float32Array
  /** Shares of the variance that the two axes show. */
  readonly explained: readonly [number, number]
}

/** The map along the first two principal components; where there is only one, or none, the other coordinate is 0. */
export async function principalLayout(features: FeatureRows, pace: Pace = {}): Promise<PrincipalLayout> {
  const rows = countRows(features)
  const axes = Math.min(2, features.width, rows - 1)
  const coordinates = new Float32Array(2 * rows)
  if (axes === 0) return { coordinates, explained: [0, 0] }
  const components = await principalComponents(features, axes, pace)
  const found = projectRows(features, components)
  for (let row = 0; row < rows; row++) for (let axis = 0; axis < axes; axis++) coordinates[2 * row + axis] = found[axes * row + axis] as number
  const share = (axis: number): number => (components.totalVariance > 0 ? (components.variances[axis] ?? 0) / components.totalVariance : 0)
  return { coordinates, explained: [share(0), share(1)] }
}
