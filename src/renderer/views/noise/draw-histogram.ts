import { chartFont } from '../../charts/axes.ts'
import { formatCount } from '../../numbers.ts'

/** What a histogram of scores shows; bars of equal width from 0 to 1. */
export interface HistogramData {
  readonly all: Uint32Array
  readonly wrong: Uint32Array | null
  readonly selected: Uint32Array
  readonly threshold: number
  readonly log: boolean
}

export interface HistogramColours {
  readonly text: string
  readonly line: string
  readonly bar: string
  readonly below: string
  readonly wrong: string
  readonly selected: string
}

/** Room around the bars, in CSS pixels. */
export const margins = { left: 44, right: 12, top: 8, bottom: 20 } as const

export const scoreAt = (x: number, width: number): number => Math.min(1, Math.max(0, (x - margins.left) / Math.max(1, width - margins.left - margins.right)))
export const pixelOf = (score: number, width: number): number => margins.left + score * (width - margins.left - margins.right)

/** The height of a count in [0, 1]; counted in decades where the scale is logarithmic, so that a single label is still seen. */
export const heightOf = (count: number, most: number, log: boolean): number => (count === 0 || most === 0 ? 0 : log ? Math.log10(1 + count) / Math.log10(1 + most) : count / most)

/** Draws bars, wrong labels within them, what is selected, the axis of counts and that of scores. */
export function drawHistogram(context: CanvasRenderingContext2D, width: number, height: number, { all, wrong, selected, threshold, log }: HistogramData, colours: HistogramColours): void {
  context.clearRect(0, 0, width, height)
  const [bottom, room] = [height - margins.bottom, height - margins.bottom - margins.top]
  const most = all.reduce((largest, count) => Math.max(largest, count), 0)
  context.font = `11px ${chartFont}`
  context.textBaseline = 'middle'
  context.fillStyle = colours.text
  context.strokeStyle = colours.line
  context.lineWidth = 1
  context.textAlign = 'right'
  for (const count of new Set(log ? [...[1, 10, 100, 1000, 10_000, 100_000].filter((tick) => tick * 2 < most), most] : [0, Math.round(most / 2), most])) {
    const y = Math.round(bottom - room * heightOf(count, most, log)) + 0.5
    context.beginPath()
    context.moveTo(margins.left, y)
    context.lineTo(width - margins.right, y)
    context.stroke()
    context.fillText(formatCount(count), margins.left - 6, y)
  }
  const step = (width - margins.left - margins.right) / all.length
  const bar = (index: number, count: number, colour: string, inset: number): void => {
    const tall = room * heightOf(count, most, log)
    context.fillStyle = colour
    context.fillRect(margins.left + index * step + inset, bottom - tall, Math.max(1, step - 1 - 2 * inset), tall)
  }
  all.forEach((count, index) => {
    bar(index, count, (index + 0.5) / all.length <= threshold ? colours.below : colours.bar, 0)
    if (wrong !== null) bar(index, wrong[index] ?? 0, colours.wrong, Math.min(2, step / 5))
    bar(index, selected[index] ?? 0, colours.selected, Math.min(3, step / 3.2))
  })
  context.fillStyle = colours.text
  context.textAlign = 'center'
  context.textBaseline = 'alphabetic'
  for (const tick of [0, 0.25, 0.5, 0.75, 1]) context.fillText(String(tick), pixelOf(tick, width), height - 5)
}
