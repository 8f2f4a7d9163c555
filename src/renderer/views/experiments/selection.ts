/** Selected runs, and the one the inspector shows. */
export interface Selection {
  readonly ids: ReadonlySet<string>
  readonly primary: string | null
}

/**
 * What a click selects: alone it replaces the selection, with toggle it adds or takes away, with extend it selects
 * everything between the primary and the row clicked.
 */
export function applyClick(
  selection: Selection,
  ordered: readonly string[],
  id: string,
  keys: { readonly extend: boolean; readonly toggle: boolean }
): Selection {
  if (keys.extend && selection.primary !== null && ordered.includes(selection.primary)) {
    const [from, to] = [ordered.indexOf(selection.primary), ordered.indexOf(id)].sort((a, b) => a - b)
    return { ids: new Set(ordered.slice(from, (to ?? 0) + 1)), primary: selection.primary }
  }
  if (!keys.toggle) return { ids: new Set([id]), primary: id }
  const ids = new Set(selection.ids)
  if (ids.delete(id)) return { ids, primary: selection.primary === id ? ([...ids].at(-1) ?? null) : selection.primary }
  return { ids: ids.add(id), primary: id }
}

/** The selection without runs that are gone; the same object when none is. */
export function keepKnown(selection: Selection, known: ReadonlySet<string>): Selection {
  if ([...selection.ids].every((id) => known.has(id))) return selection
  const ids = new Set([...selection.ids].filter((id) => known.has(id)))
  return { ids, primary: selection.primary !== null && ids.has(selection.primary) ? selection.primary : ([...ids][0] ?? null) }
}
