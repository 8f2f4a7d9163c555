import { type Dataset, splits } from '../../../shared/domain/dataset.ts'
import type { Condition } from '../../../shared/domain/filter.ts'

/** The filter that shows a weak slice as a check names it (`class 8`, `split test`, `site = north`); null where none can say it. */
export function sliceFilter(name: string, { classes }: Dataset, columns: readonly { readonly name: string }[], source: string | null): Condition | null {
  const value = columns.find((column) => name.startsWith(`${column.name} = `))
  if (value !== undefined) return { kind: 'value', column: value.name, comparison: '=', value: name.slice(value.name.length + 3) }
  const [kind, rest] = [name.slice(0, name.indexOf(' ')), name.slice(name.indexOf(' ') + 1)]
  const label = kind === 'class' ? classes.find((one) => one.name === rest) : undefined
  if (label !== undefined) return { kind: 'label', source, is: [label.position] }
  const split = kind === 'split' ? splits.find((one) => one === rest) : undefined
  return split === undefined ? null : { kind: 'split', split }
}
