import type { ConfigDifference } from '../../shared/domain/run.ts'

/** Nested objects as dotted fields: { loss: { name: 'x' } } is `loss.name`. Arrays and empty objects are values. */
function flatten(config: Readonly<Record<string, unknown>>, prefix = ''): Map<string, unknown> {
  const fields = new Map<string, unknown>()
  for (const [key, value] of Object.entries(config)) {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
    if (isObject) for (const [name, inner] of flatten(value as Record<string, unknown>, `${prefix}${key}.`)) fields.set(name, inner)
    else fields.set(prefix + key, value)
  }
  return fields
}

/** The fields in which the configurations are not all alike, in alphabetical order; a missing field differs from any value. */
export function configDifferences(configs: readonly Readonly<Record<string, unknown>>[]): readonly ConfigDifference[] {
  const flat = configs.map((config) => flatten(config))
  const names = [...new Set(flat.flatMap((fields) => [...fields.keys()]))].sort()
  return names
    .map((field) => ({ field, values: flat.map((fields) => fields.get(field)) }))
    .filter(({ values }) => new Set(values.map((value) => JSON.stringify(value))).size > 1)
}
