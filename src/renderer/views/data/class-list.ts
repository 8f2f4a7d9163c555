import { classColor, classKey } from '../../../shared/domain/class-looks.ts'
import { strings } from '../../strings.ts'

/** A class as it is edited; `id` is what it stays known by: its position, or the value that stands in the file. */
export interface EditedClass {
  readonly id: string
  readonly name: string
  readonly color: string
  readonly key: string
}

/** Colours and keys tried for a further class, one more than there are classes. */
const looksOf = (count: number, lookOf: (position: number) => string): string[] => Array.from({ length: count + 1 }, (_, position) => lookOf(position))

/** A further class with a colour, key and name of its own. */
export function freshClass(classes: readonly EditedClass[], id: string): EditedClass {
  const [colors, used, names] = [new Set(classes.map((one) => one.color.toUpperCase())), new Set(classes.map((one) => one.key)), new Set(classes.map((one) => one.name))]
  const base = strings.data.panels.classes.fresh
  let name: string = base
  for (let number = 2; names.has(name); number += 1) name = `${base} ${number}`
  return { id, name, color: looksOf(classes.length, classColor).find((color) => !colors.has(color.toUpperCase())) ?? classColor(classes.length), key: looksOf(classes.length, classKey).find((key) => !used.has(key)) ?? '' }
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
