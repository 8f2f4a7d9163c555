import { type Condition, type Filter, type Group, isGroup } from '../../../shared/domain/filter.ts'

/** Place of a part in a filter: indices from the root down; the root itself is the empty path. */
export type Path = readonly number[]

/** The part at a place; undefined where there is none. */
export function partAt(root: Filter, path: Path): Filter | undefined {
  let part: Filter | undefined = root
  for (const index of path) part = part !== undefined && isGroup(part) ? part.parts[index] : undefined
  return part
}

/** The filter with the part at a place changed; null takes it out. The root is never taken out, but emptied. */
export function changePart(root: Filter, path: Path, change: (part: Filter) => Filter | null): Filter {
  const [index, ...rest] = path
  if (index === undefined) return change(root) ?? { kind: 'and', parts: [] }
  if (!isGroup(root)) return root
  const part = root.parts[index]
  if (part === undefined) return root
  const changed = rest.length === 0 ? change(part) : changePart(part, rest, change)
  return { ...root, parts: changed === null ? root.parts.toSpliced(index, 1) : root.parts.with(index, changed) }
}

/** The filter with a part put into the group at a place, at its end or before one of its parts. */
export function addPart(root: Filter, path: Path, part: Filter, at = Infinity): Filter {
  return changePart(root, path, (group) => (isGroup(group) ? { ...group, parts: group.parts.toSpliced(Math.min(at, group.parts.length), 0, part) } : { kind: 'and', parts: [group, part] }))
}

export const removePart = (root: Filter, path: Path): Filter => changePart(root, path, () => null)

/** Turns a mark of a part on or off; a mark that is off is left out, as a query line would read it. */
export function toggleMark(root: Filter, path: Path, mark: 'negated' | 'off'): Filter {
  return changePart(root, path, (part) => {
    const { [mark]: before, ...bare } = part
    return before === true ? bare : { ...bare, [mark]: true }
  })
}

export const setGroupKind = (root: Filter, path: Path, kind: Group['kind']): Filter => changePart(root, path, (part) => (isGroup(part) ? { ...part, kind } : part))

/**
 * Moves a part one step in the order in which the tree is read: past a neighbour that is a condition, into one that is a group, and
 * at the end of its group out of it. Returns the filter and where the part is now; the same ones where it can go no further.
 */
export function movePart(root: Filter, path: Path, step: 1 | -1): { readonly filter: Filter; readonly path: Path } {
  const parent = path.slice(0, -1)
  const index = path.at(-1)
  const part = partAt(root, path)
  const group = partAt(root, parent)
  if (index === undefined || part === undefined || group === undefined || !isGroup(group)) return { filter: root, path }
  const neighbour = group.parts[index + step]
  const without = removePart(root, path)
  if (neighbour === undefined) {
    const up = parent.at(-1)
    if (up === undefined) return { filter: root, path }
    const place = step > 0 ? up + 1 : up
    return { filter: addPart(without, parent.slice(0, -1), part, place), path: [...parent.slice(0, -1), place] }
  }
  if (!isGroup(neighbour)) return { filter: addPart(without, parent, part, index + step), path: [...parent, index + step] }
  const target = [...parent, step > 0 ? index : index - 1]
  const place = step > 0 ? 0 : neighbour.parts.length
  return { filter: addPart(without, target, part, place), path: [...target, place] }
}

/** Conditions of a filter in all, those in parts that are off too. */
export const conditionCount = (filter: Filter): number => (isGroup(filter) ? filter.parts.reduce((sum, part) => sum + conditionCount(part), 0) : 1)

/** True where the filter matches every example, whatever they are. */
export const matchesAll = (filter: Filter): boolean => filter.off === true || (isGroup(filter) && filter.negated !== true && filter.parts.every((part) => part.off === true))

/** Conditions that labels or pins can change the outcome of. */
const changing: ReadonlySet<Filter['kind']> = new Set(['label', 'agreement', 'confidence', 'split'])
export const dependsOnLabels = (filter: Filter): boolean => (isGroup(filter) ? filter.parts.some(dependsOnLabels) : changing.has(filter.kind))

/** The words that a filter searches for, for marking them in a text: phrases in quotes stay together. */
export function searchedWords(filter: Filter): readonly string[] {
  if (filter.off === true || filter.negated === true) return []
  if (isGroup(filter)) return filter.parts.flatMap(searchedWords)
  if (filter.kind === 'value' && filter.comparison === 'contains') return [filter.value]
  if (filter.kind !== 'search') return []
  return [...filter.query.matchAll(/"([^"]*)"|([^\s"]+)/g)].map(([, phrase, word]) => (phrase ?? word ?? '').trim()).filter((word) => word !== '')
}

/** Ranges that one filter can hold beside others. */
const mostRanges = 150

/** A filter for these rows, neighbours as one range; `left` counts rows that would make it too large. */
export function rowsFilter(rows: readonly number[]): { readonly filter: Group; readonly left: number } {
  const ranges: Extract<Condition, { kind: 'rows' }>[] = []
  let left = 0
  for (const row of [...new Set(rows)].sort((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last?.to === row - 1) ranges[ranges.length - 1] = { ...last, to: row }
    else if (ranges.length < mostRanges) ranges.push({ kind: 'rows', from: row, to: row })
    else left += 1
  }
  return { filter: { kind: 'or', parts: ranges }, left }
}
