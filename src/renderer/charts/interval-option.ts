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
}

/** ECharts option of arms as points or bars with intervals, one row each, and rules across them. */
export function intervalOption(rows: readonly IntervalRow[], rules: readonly IntervalRule[], settings: IntervalSettings): ChartOption {
  const values = [...settings.include, ...[...rows, ...rules].flatMap((row) => [row.mean, row.lower ?? row.mean, row.upper ?? row.mean]), ...rows.flatMap((row) => row.points)]
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const margin = (high - low || 0.1) * (settings.shape === 'bars' ? 0.04 : 0.06)
  const x = axisLook(settings.axis, 'x')
  return {
    ...baseOption(),
    grid: { left: 100, right: settings.shape === 'bars' ? 60 : 24, top: rules.length > 0 ? 30 : 10, bottom: 40 },
    xAxis: { ...x, min: low === 0 ? 0 : low - margin, max: high + margin, axisLabel: { ...x.axisLabel, showMinLabel: low === 0, showMaxLabel: false, formatter: (value: number) => formatScore(value, 2) }, splitLine: { show: true, lineStyle: { color: resolveColour('--line') } } },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map((row) => row.label),
      axisLine: { show: settings.shape === 'bars', onZero: true, lineStyle: { color: resolveColour('--line-control') } },
      axisTick: { show: false },
      axisLabel: { color: resolveColour('--text'), fontSize: 12, width: 90, overflow: 'truncate', margin: 10 }
    },
    series: [...rules.map((rule) => ruleSeries(rule)), rowSeries(rows, settings.shape)]
  }
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
      const at = (value: number): number => api.coord([value, parameters.dataIndex])[0] ?? 0
      const y = api.coord([row.mean, parameters.dataIndex])[1] ?? 0
      const children = shape === 'bars' ? bar(row, at, y) : mark(row, at, y)
      return { type: 'group', children: [...children, ...whiskers(row, at, y, shape)] }
    }
  }
}

function bar(row: IntervalRow, at: (value: number) => number, y: number) {
  const [zero, end] = [at(0), at(row.mean)]
  const text = formatScore(row.mean, 2)
  return [
    { type: 'rect' as const, shape: { x: Math.min(zero, end), y: y - 9, width: Math.abs(end - zero), height: 18 }, style: { fill: resolveFaded(armLook(row.arm).token, 0.6) } },
    label(text, Math.max(at(row.upper ?? row.mean), zero) + 8, y)
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

function whiskers(row: IntervalRow, at: (value: number) => number, y: number, shape: IntervalSettings['shape']) {
  if (row.lower === null || row.upper === null) return []
  const stroke = shape === 'bars' ? resolveColour('--text') : resolveColour(armLook(row.arm).token)
  const line = (x1: number, y1: number, x2: number, y2: number) => ({ type: 'line' as const, shape: { x1, y1, x2, y2 }, style: { stroke, lineWidth: 1.5 } })
  const [left, right] = [at(row.lower), at(row.upper)]
  return [line(left, y, right, y), line(left, y - 5, left, y + 5), line(right, y - 5, right, y + 5)]
}

const label = (text: string, x: number, y: number) => ({
  type: 'text' as const,
  style: { text, x, y, fill: resolveColour('--text'), font: `600 11px ${chartFont}`, align: 'left' as const, verticalAlign: 'middle' as const }
})

function ruleSeries(rule: IntervalRule): CustomSeriesOption {
  const look = armLook(rule.arm)
  const stroke = resolveColour(look.token)
  return {
    type: 'custom',
    silent: true,
    z: 1,
    data: [[rule.mean, 0]],
    renderItem: (parameters, api) => {
      const area = parameters.coordSys as unknown as { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
      const at = (value: number): number => api.coord([value, 0])[0] ?? 0
      const x = at(rule.mean)
      const [left, right] = [at(rule.lower ?? rule.mean), at(rule.upper ?? rule.mean)]
      const nearEnd = x > area.x + area.width / 2
      return {
        type: 'group',
        children: [
          { type: 'rect', shape: { x: left, y: area.y, width: right - left, height: area.height }, style: { fill: resolveFaded(look.token, 0.14) } },
          { type: 'line', shape: { x1: x, y1: area.y - 6, x2: x, y2: area.y + area.height }, style: { stroke, lineWidth: 1.5, lineDash: [5, 4] } },
          {
            type: 'text',
            style: {
              text: `${rule.label} ${formatScore(rule.mean)}`, x: nearEnd ? x + 14 : x - 14, y: area.y - 16, fill: stroke,
              font: `600 11px ${chartFont}`, align: nearEnd ? 'right' : 'left', verticalAlign: 'middle'
            }
          }
        ]
      }
    }
  }
}
