import { shallowRef } from 'vue'

export type Symbol = 'circle' | 'rect' | 'diamond' | 'triangle' | 'down'
export interface ArmLook {
  /** Name of the custom property that holds the colour. */
  readonly token: string
  readonly symbol: Symbol
  readonly dash: readonly number[] | null
}

const look = (token: string, symbol: Symbol, dash: readonly number[] | null = null): ArmLook => ({ token, symbol, dash })

const weakest = look('--okabe-purple', 'down', [6, 4])
const strongest = look('--ink', 'triangle', [6, 4])
/** Looks of the arms that frame the others, by their role. */
const frames = [['teacher', weakest], ['ceiling', strongest]] as const

/** Arms keep colour, symbol and dash in every chart and table; teacher and ceiling, the frame, are dashed. */
const known: Readonly<Record<string, ArmLook>> = {
  weak: weakest,
  naive: look('--okabe-vermillion', 'circle'),
  confidence: look('--okabe-blue', 'rect'),
  bootstrapping: look('--okabe-green', 'diamond'),
  ceiling: strongest,
  pretraining: look('--text-faint', 'circle'),
  intermediate: look('--okabe-orange', 'diamond')
}
const others: readonly ArmLook[] = [look('--okabe-orange', 'circle'), look('--okabe-sky', 'rect'), look('--okabe-yellow', 'diamond')]
const assigned = new Map<string, ArmLook>()

const colours = ['--okabe-vermillion', '--okabe-blue', '--okabe-green', '--okabe-orange', '--okabe-sky', '--okabe-purple', '--okabe-yellow', '--ink'] as const
const symbols: readonly Symbol[] = ['circle', 'rect', 'diamond', 'triangle', 'down']
const dashes: readonly (readonly number[] | null)[] = [null, [2, 3], [8, 3, 2, 3]]

/** An arm of an experiment whose arms a person has named. */
export interface NamedArm {
  readonly name: string
  readonly role: string
}

/**
 * Looks of a list of arms: the first teacher and the first ceiling frame it as everywhere; the others go by their place, in the colours
 * that the frame leaves. As the five symbols and the six to eight colours have no common divisor, 30 arms differ in one or the other.
 */
export function looksOf(arms: readonly NamedArm[]): readonly ArmLook[] {
  const frame = new Map<number, ArmLook>()
  for (const [role, framing] of frames) if (arms.some((arm) => arm.role === role)) frame.set(arms.findIndex((arm) => arm.role === role), framing)
  const left = colours.filter((token) => [...frame.values()].every((framing) => framing.token !== token))
  let place = 0
  return arms.map((_, index) => {
    const framing = frame.get(index)
    if (framing !== undefined) return framing
    const at = place++
    return look(left[at % left.length] ?? '--ink', symbols[at % symbols.length] ?? 'circle', dashes[Math.floor(at / left.length) % dashes.length] ?? null)
  })
}

/** Arms of the experiment now shown where a person has named them; empty where the bench has. */
const named = shallowRef<ReadonlyMap<string, { readonly place: number; readonly look: ArmLook }>>(new Map())

/** Lets charts and tables draw and order these arms by their place in the list; an empty list goes back to the arms the bench knows. */
export function showArms(arms: readonly NamedArm[]): void {
  const looks = looksOf(arms)
  named.value = new Map(arms.flatMap(({ name }, place) => (looks[place] === undefined ? [] : [[name, { place, look: looks[place] }] as const])))
}

/** The look of an arm. Arms the bench does not know take the remaining colours in the order they are met. */
export function armLook(arm: string): ArmLook {
  const fixed = named.value.get(arm)?.look ?? known[arm] ?? assigned.get(arm)
  if (fixed !== undefined) return fixed
  const next = others[assigned.size % others.length] ?? look('--ink', 'circle')
  assigned.set(arm, next)
  return next
}

/** The name of an arm for people: as the person wrote it, or as the bench calls its own. */
export const armName = (arm: string, names: Readonly<Record<string, string>>): string => (named.value.has(arm) ? arm : (names[arm] ?? arm))

/** Order of the comparison: a person's arms as they are listed; else the five arms of weak-to-strong first, others after them by name. */
export function compareArms(a: string, b: string): number {
  const [own, other] = [named.value.get(a), named.value.get(b)]
  if (own !== undefined && other !== undefined) return own.place - other.place
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
