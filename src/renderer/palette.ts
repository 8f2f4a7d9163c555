export type Symbol = 'circle' | 'rect' | 'diamond' | 'triangle' | 'down'
export interface ArmLook {
  /** Name of the custom property that holds the colour. */
  readonly token: string
  readonly symbol: Symbol
  readonly dash: readonly number[] | null
}

const look = (token: string, symbol: Symbol, dash: readonly number[] | null = null): ArmLook => ({ token, symbol, dash })

/** Arms keep colour, symbol and dash in every chart and table; teacher and ceiling, the frame, are dashed. */
const known: Readonly<Record<string, ArmLook>> = {
  weak: look('--okabe-purple', 'down', [6, 4]),
  naive: look('--okabe-vermillion', 'circle'),
  confidence: look('--okabe-blue', 'rect'),
  bootstrapping: look('--okabe-green', 'diamond'),
  ceiling: look('--ink', 'triangle', [6, 4]),
  pretraining: look('--text-faint', 'circle'),
  intermediate: look('--okabe-orange', 'diamond')
}
const others: readonly ArmLook[] = [look('--okabe-orange', 'circle'), look('--okabe-sky', 'rect'), look('--okabe-yellow', 'diamond')]
const assigned = new Map<string, ArmLook>()

/** The look of an arm. Arms the bench does not know take the remaining colours in the order they are met. */
export function armLook(arm: string): ArmLook {
  const fixed = known[arm] ?? assigned.get(arm)
  if (fixed !== undefined) return fixed
  const next = others[assigned.size % others.length] ?? look('--ink', 'circle')
  assigned.set(arm, next)
  return next
}

/** Order of the comparison: the five arms of weak-to-strong first, others after them by name. */
export function compareArms(a: string, b: string): number {
  const order = Object.keys(known)
  const [first, second] = [order.indexOf(a), order.indexOf(b)]
  if (first >= 0 && second >= 0) return first - second
  if (first >= 0 || second >= 0) return first >= 0 ? -1 : 1
  return a.localeCompare(b)
}

/** The viewBox 0 0 12 12 path of a symbol, for tables and keys. */
export const symbolPaths: Readonly<Record<Symbol, string>> = {
  circle: 'M6 1.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9z',
  rect: 'M2 2h8v8H2z',
  diamond: 'M6 .8L11.2 6L6 11.2L.8 6z',
  triangle: 'M6 1L11.2 10.4H.8z',
  down: 'M6 11L.8 1.6H11.2z'
}
