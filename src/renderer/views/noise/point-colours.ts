import { splits, type DatasetClass } from '../../../shared/domain/dataset.ts'
import type { NoiseScores } from '../../../shared/domain/noise-check.ts'
import { packColour } from './point-raster.ts'

export const colourings = ['given', 'suggested', 'score', 'agreement', 'split', 'truth'] as const
/** What the colour of a point says. */
export type Colouring = (typeof colourings)[number]

/** Viridis at ten even steps, dark for low values. */
const viridis = ['#440154', '#482878', '#3e4a89', '#31688e', '#26828e', '#1f9e89', '#35b779', '#6dcd59', '#b4de2c', '#fde725'] as const
/** The end of the sequence that stands out from the ground: a low score is what one looks for. */
export const scoreColours = (dark: boolean): readonly string[] => (dark ? viridis.toReversed() : viridis)

/** Colours that do not belong to a class, as the window has them now. */
export interface PlainColours {
  readonly ground: string
  readonly none: string
  readonly same: string
  readonly other: string
  readonly splits: readonly string[]
  readonly dark: boolean
}

/** Share of its colour that a faint point keeps. */
const faintShare = 0.28

export interface ColourKey {
  readonly name: string
  readonly colour: string
}

/** Colour of every row, and faintly the same; `none` where there is nothing to say of a row. */
export function coloursOf(by: Colouring, scores: NoiseScores, score: Float32Array, classes: readonly DatasetClass[], plain: PlainColours): { readonly usual: Uint32Array; readonly faint: Uint32Array } {
  const table = tableOf(by, classes, plain)
  const [usual, faint] = [table.map((colour) => packColour(colour)), table.map((colour) => packColour(colour, plain.ground, faintShare))]
  const none = table.length - 1
  const places = placesOf(by, scores, score, classes, none)
  return { usual: places.map((place) => usual[place] ?? 0), faint: places.map((place) => faint[place] ?? 0) }
}

/** Colours in the order of the places below; the last one is for rows without a value. */
function tableOf(by: Colouring, classes: readonly DatasetClass[], plain: PlainColours): readonly string[] {
  if (by === 'score') return [...scoreColours(plain.dark), plain.none]
  if (by === 'agreement') return [plain.same, plain.other, plain.none]
  if (by === 'split') return [...plain.splits, plain.none]
  return [...classes.map(({ color }) => color), plain.none]
}

function placesOf(by: Colouring, { given, suggested, truth, pinned }: NoiseScores, score: Float32Array, classes: readonly DatasetClass[], none: number): Uint32Array {
  if (by === 'score') return Uint32Array.from(score, (value) => (Number.isNaN(value) ? none : Math.min(none - 1, Math.floor(value * none))))
  if (by === 'agreement') return Uint32Array.from(given, (label, row) => (label < 0 || (suggested[row] ?? -1) < 0 ? none : Number(label !== suggested[row])))
  if (by === 'split') return Uint32Array.from(pinned, (split) => (split < 0 ? none : split))
  const place = new Map(classes.map(({ position }, index) => [position, index]))
  return Uint32Array.from(by === 'given' ? given : by === 'suggested' ? suggested : (truth ?? given), (label) => place.get(label) ?? none)
}

/** What the colours mean, for the key beside the map. */
export function colourKey(by: Colouring, classes: readonly DatasetClass[], plain: PlainColours, names: { readonly same: string; readonly other: string; readonly splits: Readonly<Record<(typeof splits)[number], string>>; readonly seeds: string; readonly none: string }): readonly ColourKey[] {
  if (by === 'score') return []
  if (by === 'agreement') return [{ name: names.same, colour: plain.same }, { name: names.other, colour: plain.other }, { name: names.none, colour: plain.none }]
  if (by === 'split') return [...splits.map((split, place) => ({ name: names.splits[split], colour: plain.splits[place] ?? plain.none })), { name: names.seeds, colour: plain.none }]
  return classes.map(({ name, color }) => ({ name, colour: color }))
}
