import { type Split, splits } from '../../../shared/domain/dataset.ts'

/** How other tools call the parts of a data set. */
const usual: Readonly<Record<string, Split>> = {
  train: 'student',
  training: 'student',
  dev: 'teacher',
  valid: 'teacher',
  validation: 'teacher',
  val: 'teacher',
  unlabelled: 'pretrain',
  unlabeled: 'pretrain',
  testing: 'test'
}

/** Index into `splits` of what stands in a split column; -1 for a missing value, null for a name that means no split. */
export function splitIndex(value: string | number | null): number | null {
  const name = value === null || Number.isNaN(value) ? '' : String(value).trim().toLowerCase()
  if (name === '') return -1
  const split = usual[name] ?? splits.find((known) => known === name)
  return split === undefined ? null : splits.indexOf(split)
}
