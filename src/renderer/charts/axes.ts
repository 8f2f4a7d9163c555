import { formatQuantity } from '../numbers.ts'
import { resolveColour } from '../theme.ts'
import type { ChartOption } from './echarts.ts'

export const chartFont = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Liberation Sans', sans-serif"

/** What all charts share: no motion, the window's font, quiet grid lines. */
export const baseOption = (): ChartOption => ({
  animation: false,
  backgroundColor: 'transparent',
  textStyle: { fontFamily: chartFont, fontSize: 11, color: resolveColour('--text-quiet') }
})

/** Looks of a value axis with a name at its end. */
export function axisLook(name: string, place: 'x' | 'y') {
  const quiet = resolveColour('--text-quiet')
  const line = resolveColour('--line')
  const nameLocation: 'middle' | 'end' = place === 'x' ? 'middle' : 'end'
  const align: 'center' | 'left' = place === 'x' ? 'center' : 'left'
  return {
    type: 'value' as const,
    name,
    nameLocation,
    nameGap: place === 'x' ? 22 : 8,
    nameTextStyle: { color: quiet, fontSize: 11, align },
    axisLabel: { color: quiet, fontSize: 11, hideOverlap: true, formatter: (value: number) => formatQuantity(value) },
    axisLine: { show: place === 'x', lineStyle: { color: resolveColour('--line-control') } },
    axisTick: { show: place === 'x', lineStyle: { color: resolveColour('--line-control') } },
    splitLine: { show: place === 'y', lineStyle: { color: line } }
  }
}
