import type { NoiseCheckRequest } from '../../../shared/domain/noise-check.ts'
import type { LabelledRows } from '../../runs/training/cross-validation.ts'
import type { FeatureRows } from '../neighbours/feature-rows.ts'
import { principalComponents, projectRows } from '../neighbours/principal-components.ts'

/** Rows gathered at a time. */
const gathered = 2048
/** Principal components that neighbours are looked for in. */
const components = 32

/** Features of the rows that are checked, as they are trained on, or their first principal components. */
export async function featureRows({ data, rows }: Pick<LabelledRows, 'data' | 'rows'>, space: NoiseCheckRequest['space'], breathe: () => Promise<void>): Promise<FeatureRows> {
  const features = data.featuresFor(rows)
  const width = features.shape.reduce((product, side) => product * side, 1)
  const points = new Float32Array(rows.length * width)
  for (let start = 0; start < rows.length; start += gathered) {
    const x = features.gather(rows.subarray(start, start + gathered))
    points.set(x.dataSync(), start * width)
    x.dispose()
    await breathe()
  }
  const raw = { points, width }
  if (space === 'features' || width <= components) return raw
  const found = await principalComponents(raw, Math.min(components, rows.length - 1), { breathe })
  return { points: projectRows(raw, found), width: found.variances.length }
}
