/** Okabe and Ito's colour-blind-safe palette, black left out; further classes walk around the wheel by the golden angle. */
const palette = ['#E69F00', '#56B4E9', '#009E73', '#F0E442', '#0072B2', '#D55E00', '#CC79A7', '#999999']

/** A colour for the class at a position: the palette first, then hues far from their neighbours at falling lightness. */
export function classColor(position: number): string {
  const fixed = palette[position]
  if (fixed !== undefined) return fixed
  const hue = (position * 137.508) % 360
  const lightness = 0.62 - 0.3 * ((Math.floor(position / 8) % 4) / 4)
  const channel = (offset: number): string => {
    const k = (offset + hue / 30) % 12
    const value = lightness - 0.65 * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1))
    return Math.round(255 * value).toString(16).padStart(2, '0')
  }
  return `#${channel(0)}${channel(8)}${channel(4)}`
}

/** The key that assigns the class at a position: 1 to 9, 0, then letters; none beyond. */
export const classKey = (position: number): string => '1234567890abcdefghijklmnopqrstuvwxyz'[position] ?? ''
