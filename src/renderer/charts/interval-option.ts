import { formatScore } from '../numbers.ts'
import { armLook } from '../palette.ts'
import { resolveColour, resolveFaded } from '../theme.ts'
import { axisLook, baseOption, chartFont } from './axes.ts'
import type { ChartOption, CustomSeriesOption } from './echarts.ts'

/** One arm of an interval chart. Bounds are null where there are fewer than two seeds; `points` are the seeds themselves. */
export interface IntervalRow {
  readonly arm: string
  readonly label: string
  readonly mean: number
  readonly lower: number | null
  readonly upper: number | null
  readonly points: readonly number[]
}

/** A vertical rule with its own interval: teacher or ceiling. */
export interface IntervalRule {
  readonly arm: string
  readonly label: string
  readonly mean: number
  readonly lower: number | null
  readonly upper: number | null
}

export interface IntervalSettings {
  readonly axis: string
  readonly shape: 'points' | 'bars'
  /** Lowest and highest value the axis must show. */
  readonly include: readonly number[]
  /** Values beyond these cannot be, whatever an interval says. */
  readonly possible?: readonly [number, number]
  /** Room for the names of the arms, in pixels. */
  readonly names?: number
}

/** Room that the names of the arms the bench knows take. */
const usualNames = 104

/** ECharts option of arms as points or bars with intervals, one row each, and rules across them. */
export function intervalOption(rows: readonly IntervalRow[], rules: readonly IntervalRule[], settings: IntervalSettings): ChartOption {
  const [low, high] = limits(rows, rules, settings)
  const margin = (high - low || 0.1) * 0.05
  const x = axisLook(settings.axis, 'x')
  const names = settings.names ?? usualNames
  return {
    ...baseOption(),
    grid: { left: names + 12, right: settings.shape === 'bars' ? 60 : 24, top: rules.length > 0 ? 30 : 10, bottom: 40 },
    xAxis: { ...x, min: low === 0 ? 0 : low - margin, max: high + margin, axisLabel: { ...x.axisLabel, showMinLabel: low === 0, showMaxLabel: false, formatter: (value: number) => formatScore(value, 2) }, splitLine: { show: true, showMinLine: false, showMaxLine: false, lineStyle: { color: resolveColour('--line') } } },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map((row) => row.label),
      axisLine: { show: settings.shape === 'bars', onZero: true, lineStyle: { color: resolveColour('--line-control') } },
      axisTick: { show: false },
      axisLabel: { color: resolveColour('--text'), fontSize: 12, width: names, overflow: 'truncate', margin: 10 }
    },
    series: [...rules.map((rule) => ruleSeries(rule, rules)), rowSeries(rows, settings.shape)]
  }
}

/**
 * Ends of the axis: means, seeds and intervals fit. Intervals of very few seeds, many times as wide as what they
 * are about, are cut off where they would squeeze everything else; a whisker that is cut has no cap.
 */
export function limits(rows: readonly IntervalRow[], rules: readonly IntervalRule[], settings: IntervalSettings): readonly [number, number] {
  const core = [...settings.include, ...[...rows, ...rules].map((row) => row.mean), ...rows.flatMap((row) => row.points)]
  const ends = [...rows, ...rules].flatMap((row) => [row.lower ?? row.mean, row.upper ?? row.mean])
  const [low, high] = [Math.min(...core), Math.max(...core)]
  const room = (high - low || 0.1) * (settings.shape === 'bars' ? 1.5 : 0.75)
  const [least, most] = settings.possible ?? [-Infinity, Infinity]
  return [Math.min(low, Math.max(low - room, least, Math.min(...ends))), Math.max(high, Math.min(high + room, most, Math.max(...ends)))]
}

function rowSeries(rows: readonly IntervalRow[], shape: IntervalSettings['shape']): CustomSeriesOption {
  return {
    type: 'custom',
    silent: true,
    z: 3,
    data: rows.map((row, index) => [row.mean, index]),
    renderItem: (parameters, api) => {
      const row = rows[parameters.dataIndex]
      if (row === undefined) return null
      const area = parameters.coordSys as unknown as Area
      const at = (value: number): number => api.coord([value, parameters.dataIndex])[0] ?? 0
      const y = api.coord([row.mean, parameters.dataIndex])[1] ?? 0
      const children = shape === 'bars' ? bar(row, at, y, area) : mark(row, at, y)
      return { type: 'group', children: [...children, ...whiskers(row, at, y, shape, area)] }
    }
  }
}

function bar(row: IntervalRow, at: (value: number) => number, y: number, area: Area) {
  const [zero, end] = [at(0), at(row.mean)]
  const text = formatScore(row.mean, 2)
  return [
    { type: 'rect' as const, shape: { x: Math.min(zero, end), y: y - 9, width: Math.abs(end - zero), height: 18 }, style: { fill: resolveFaded(armLook(row.arm).token, 0.6) } },
    label(text, Math.min(area.x + area.width, Math.max(at(row.upper ?? row.mean), zero)) + 8, y)
  ]
}

function mark(row: IntervalRow, at: (value: number) => number, y: number) {
  const look = armLook(row.arm)
  const fill = resolveColour(look.token)
  const x = at(row.mean)
  const seeds = row.points.map((value) => ({
    type: 'circle' as const, shape: { cx: at(value), cy: y + 11, r: 2 }, style: { fill: 'transparent', stroke: fill, lineWidth: 1, opacity: 0.8 }
  }))
  const corners: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
    rect: [[-4.5, -4.5], [4.5, -4.5], [4.5, 4.5], [-4.5, 4.5]],
    diamond: [[0, -6], [6, 0], [0, 6], [-6, 0]],
    triangle: [[0, -6], [6, 5], [-6, 5]],
    down: [[0, 6], [6, -5], [-6, -5]]
  }
  const shape = corners[look.symbol]
  return [
    shape === undefined
      ? { type: 'circle' as const, shape: { cx: x, cy: y, r: 5 }, style: { fill } }
      : { type: 'polygon' as const, shape: { points: shape.map(([dx, dy]) => [x + dx, y + dy]) }, style: { fill } },
    ...seeds
  ]
}

function whiskers(row: IntervalRow, at: (value: number) => number, y: number, shape: IntervalSettings['shape'], area: Area) {
  if (row.lower === null || row.upper === null) return []
  const stroke = shape === 'bars' ? resolveColour('--text') : resolveColour(armLook(row.arm).token)
  const line = (x1: number, y1: number, x2: number, y2: number) => ({ type: 'line' as const, shape: { x1, y1, x2, y2 }, style: { stroke, lineWidth: 1.5 } })
  const [left, right] = [Math.max(area.x, at(row.lower)), Math.min(area.x + area.width, at(row.upper))]
  const cap = (x: number, end: number) => (Math.abs(x - end) < 1 ? [line(x, y - 5, x, y + 5)] : [])
  return [line(left, y, right, y), ...cap(left, at(row.lower)), ...cap(right, at(row.upper))]
}

/** The plot area in pixels, as custom series are told it. */
interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const label = (text: string, x: number, y: number) => ({
  type: 'text' as const,
  style: { text, x, y, fill: resolveColour('--text'), font: `600 11px ${chartFont}`, align: 'left' as const, verticalAlign: 'middle' as const }
})

/** Widest name of a rule with its value, in pixels. */
const labelWidth = 92

function ruleSeries(rule: IntervalRule, rules: readonly IntervalRule[]): CustomSeriesOption {
  const look = armLook(rule.arm)
  const stroke = resolveColour(look.token)
  return {
    type: 'custom',
    silent: true,
    z: 1,
    data: [[rule.mean, 0]],
    renderItem: (parameters, api) => {
      const area = parameters.coordSys as unknown as Area
      const at = (value: number): number => api.coord([value, 0])[0] ?? 0
      const x = at(rule.mean)
      const [left, right] = [Math.max(area.x, at(rule.lower ?? rule.mean)), Math.min(area.x + area.width, at(rule.upper ?? rule.mean))]
      const others = rules.filter((other) => other !== rule)
      // The higher rule's name runs to the right, the lower one's to the left, into the room above the arm names.
      const higher = others.every((other) => other.mean <= rule.mean)
      const roomRight = area.x + area.width + 20 - labelWidth
      const place = (mean: number): number => Math.min(at(mean) - 30, roomRight)
      const nameX = higher ? place(rule.mean) : Math.min(x + 30, ...others.map((other) => place(other.mean) - 10))
      return {
        type: 'group',
        children: [
          { type: 'rect', shape: { x: left, y: area.y, width: right - left, height: area.height }, style: { fill: resolveFaded(look.token, 0.14) } },
          { type: 'line', shape: { x1: x, y1: area.y - 6, x2: x, y2: area.y + area.height }, style: { stroke, lineWidth: 1.5, lineDash: [5, 4] } },
          {
            type: 'text',
            style: {
              text: `${rule.label} ${formatScore(rule.mean)}`, x: nameX, y: area.y - 16, fill: stroke,
              font: `600 11px ${chartFont}`, align: higher ? 'left' : 'right', verticalAlign: 'middle'
            }
          }
        ]
      }
    }
  }
}
