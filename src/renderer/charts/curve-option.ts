import type { MetricSeries } from '../../shared/domain/run.ts'
import { armLook } from '../palette.ts'
import { resolveColour, resolveFaded } from '../theme.ts'
import type { AggregatedCurve } from './aggregate.ts'
import { axisLook, baseOption, chartFont } from './axes.ts'
import type { ChartOption, ChartSeries, CustomSeriesOption, LineSeriesOption } from './echarts.ts'
import type { Spread } from './intervals.ts'

export interface RunCurve {
  readonly runId: string
  readonly name: string
  readonly seed: number
  readonly series: MetricSeries
}

/** One arm of a chart: its runs, and their mean and band. */
export interface ArmCurve {
  readonly arm: string
  readonly label: string
  readonly runs: readonly RunCurve[]
  readonly mean: AggregatedCurve
}

export interface CurveSettings {
  readonly metric: string
  readonly stepName: string
  readonly spread: Spread
  readonly range: readonly [number, number] | null
  readonly selected: ReadonlySet<string>
  readonly labels: boolean
}

/** ECharts option of learning curves: bands below, then means, then the selected runs; labels at the line ends. */
export function curveOption(arms: readonly ArmCurve[], settings: CurveSettings): ChartOption {
  const seedsOnly = settings.spread === 'seeds'
  const series: ChartSeries[] = [
    ...(seedsOnly ? [] : arms.filter((arm) => arm.runs.length > 1).map(band)),
    ...(seedsOnly ? arms.flatMap((arm) => arm.runs.map((run) => runLine(arm.arm, run, 1, 0.55))) : []),
    ...arms.map((arm) => meanLine(arm, seedsOnly)),
    ...(settings.labels && arms.length > 0 ? [endLabels(arms, settings.range)] : []),
    ...arms.flatMap((arm) => arm.runs.filter((run) => settings.selected.has(run.runId)).map((run) => runLine(arm.arm, run, 2.5, 1)))
  ]
  const x = axisLook(settings.stepName, 'x')
  return {
    ...baseOption(),
    grid: { left: 44, right: settings.labels && arms.length > 0 ? roomFor(arms) + 8 : 16, top: 26, bottom: 40 },
    xAxis: { ...x, min: settings.range?.[0] ?? 'dataMin', max: settings.range?.[1] ?? 'dataMax' },
    yAxis: { ...axisLook(settings.metric, 'y'), scale: true },
    series
  }
}

const finitePairs = (series: MetricSeries): [number, number][] =>
  Array.from(series.steps, (step, index): [number, number] => [step, series.values[index] ?? Number.NaN]).filter(([, value]) => Number.isFinite(value))

const runLine = (arm: string, run: RunCurve, width: number, opacity: number): LineSeriesOption => ({
  type: 'line',
  data: finitePairs(run.series),
  silent: true,
  showSymbol: run.series.steps.length === 1,
  symbolSize: 5,
  lineStyle: { color: resolveColour(armLook(arm).token), width, opacity },
  itemStyle: { color: resolveColour(armLook(arm).token) },
  z: width > 2 ? 5 : 2
})

function meanLine(arm: ArmCurve, hidden: boolean): LineSeriesOption {
  const look = armLook(arm.arm)
  const colour = resolveColour(look.token)
  const count = arm.mean.steps.length
  const every = Math.max(1, Math.ceil(count / 5))
  return {
    type: 'line',
    data: arm.mean.steps.map((step, index) => [step, arm.mean.bands[index]?.mean ?? Number.NaN]),
    silent: true,
    showSymbol: !hidden,
    showAllSymbol: true,
    symbol: look.symbol === 'down' ? 'triangle' : look.symbol,
    symbolRotate: look.symbol === 'down' ? 180 : 0,
    symbolSize: (_value: unknown, point: { dataIndex: number }) => (point.dataIndex % every === Math.floor(every / 2) || count === 1 ? 7 : 0),
    lineStyle: { color: colour, width: 2, opacity: hidden ? 0 : 1, ...(look.dash === null ? {} : { type: [...look.dash] }) },
    itemStyle: { color: colour, opacity: hidden ? 0 : 1 },
    z: 4
  }
}

/** The band as one polygon; a stack of areas would break where the lower edge is negative. */
function band(arm: ArmCurve): CustomSeriesOption {
  const { steps, bands } = arm.mean
  const fill = resolveFaded(armLook(arm.arm).token, 0.16)
  return {
    type: 'custom',
    clip: true,
    silent: true,
    z: 1,
    // The corners are data, so that the axes make room for the band.
    data: steps.flatMap((step, index) => [[step, bands[index]?.lower ?? 0], [step, bands[index]?.upper ?? 0]]),
    renderItem: (parameters, api) => {
      if (parameters.dataIndex !== 0) return null
      const upper = steps.map((step, index) => api.coord([step, bands[index]?.upper ?? 0]))
      const lower = steps.map((step, index) => api.coord([step, bands[index]?.lower ?? 0]))
      return { type: 'polygon', shape: { points: [...upper, ...lower.reverse()] }, style: { fill }, silent: true }
    }
  }
}

const labelHeight = 13
/** Room for names at the ends of the curves, in pixels: as wide as the longest, within reason. */
const roomFor = (arms: readonly ArmCurve[]): number => Math.min(150, Math.max(84, 6.4 * Math.max(...arms.map(({ label }) => label.length))))

/** Names at the right end of the curves, moved apart where they would overlap. */
function endLabels(arms: readonly ArmCurve[], range: readonly [number, number] | null): CustomSeriesOption {
  const ends = arms.flatMap((arm) => {
    const index = arm.mean.steps.findLastIndex((step) => range === null || step <= range[1])
    const [step, end] = [arm.mean.steps[index], arm.mean.bands[index]]
    return step === undefined || end === undefined ? [] : [{ arm, step: Math.max(step, range?.[0] ?? step), value: end.mean }]
  })
  return {
    type: 'custom',
    silent: true,
    z: 6,
    data: ends.map(({ step, value }) => [step, value]),
    renderItem: (parameters, api) => {
      if (parameters.dataIndex !== 0) return null
      const area = parameters.coordSys as unknown as { readonly x: number; readonly width: number }
      const places = ends.map(({ arm, step, value }) => ({ arm, y: api.coord([step, value])[1] ?? 0 })).sort((a, b) => a.y - b.y)
      spread(places)
      return {
        type: 'group',
        children: places.map(({ arm, y }) => ({
          type: 'text' as const,
          style: { text: arm.label, x: area.x + area.width + 6, y, fill: resolveColour(armLook(arm.arm).token), font: `600 11px ${chartFont}`, verticalAlign: 'middle' as const, width: roomFor(arms), overflow: 'truncate' as const }
        }))
      }
    }
  }
}

/** Moves places that are sorted by y apart to the height of a label, keeping each group around its middle. */
export function spread(places: { y: number }[], height = labelHeight): void {
  const groups: { sum: number; members: { y: number }[] }[] = []
  const top = (group: (typeof groups)[number]): number => group.sum / group.members.length - (group.members.length * height) / 2
  for (const place of places) {
    let group = { sum: place.y, members: [place] }
    for (let last = groups.at(-1); last !== undefined && top(last) + last.members.length * height > top(group); last = groups.at(-1)) {
      groups.pop()
      group = { sum: last.sum + group.sum, members: [...last.members, ...group.members] }
    }
    groups.push(group)
  }
  for (const group of groups) {
    const start = top(group) + height / 2
    group.members.forEach((member, index) => (member.y = start + index * height))
  }
}
