import Table from 'cli-table3'

/** Columns without borders, so that a table reads well in a terminal and splits well in a script; an empty head leaves it out. */
export function plainTable(head: readonly string[], rows: readonly (readonly string[])[], rightAligned: readonly number[] = []): string {
  const line = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' }
  const inner = { left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' }
  const table = new Table({
    head: [...head],
    chars: { ...line, ...inner },
    colAligns: (rows[0] ?? []).map((_, column) => (rightAligned.includes(column) ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 }
  })
  for (const row of rows) table.push([...row])
  return table
    .toString()
    .split('\n')
    .map((text) => text.trimEnd())
    .join('\n')
}
