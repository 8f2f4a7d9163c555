import { strings } from '../../strings.ts'

/** A class as it is edited; `id` is what it stays known by: its position, or the value that stands in the file. */
export interface EditedClass {
  readonly id: string
  readonly name: string
  readonly color: string
  readonly key: string
}

/** Okabe-Ito, then more that stay apart; a class beyond them begins anew. */
const palette = ['#E69F00', '#56B4E9', '#009E73', '#F0E442', '#0072B2', '#D55E00', '#CC79A7', '#999999', '#332288', '#882255'] as const

const keys = Array.from('123456789abcdefghijklmnopqrstuvwxyz')

/** A further class with a colour, key and name of its own. */
export function freshClass(classes: readonly EditedClass[], id: string): EditedClass {
  const [colors, used, names] = [new Set(classes.map((one) => one.color.toUpperCase())), new Set(classes.map((one) => one.key)), new Set(classes.map((one) => one.name))]
  const base = strings.data.panels.classes.fresh
  let name: string = base
  for (let number = 2; names.has(name); number += 1) name = `${base} ${number}`
  return { id, name, color: palette.find((color) => !colors.has(color)) ?? palette[classes.length % palette.length] ?? '#999999', key: keys.find((key) => !used.has(key)) ?? '' }
}

/** What is wrong with a class list, in a sentence; null where nothing is. */
export function classMistake(classes: readonly EditedClass[]): string | null {
  const texts = strings.data.panels.classes
  const [names, used] = [new Set<string>(), new Set<string>()]
  for (const { name, key } of classes) {
    const trimmed = name.trim()
    if (trimmed === '') return texts.noName
    if (names.has(trimmed)) return texts.twice(trimmed)
    if (key !== '' && used.has(key)) return texts.keyTwice(key)
    names.add(trimmed)
    used.add(key)
  }
  return null
}

/** The list with one class a place further up or down; the same list at its ends. */
export function moveClass(classes: readonly EditedClass[], index: number, step: 1 | -1): readonly EditedClass[] {
  const [one, other] = [classes[index], classes[index + step]]
  return one === undefined || other === undefined ? classes : classes.with(index, other).with(index + step, one)
}
