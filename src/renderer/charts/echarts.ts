import { CustomChart, LineChart } from 'echarts/charts'
import { GridComponent } from 'echarts/components'
import { init, use, type ComposeOption, type EChartsType } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import type { CustomSeriesOption, LineSeriesOption } from 'echarts/charts'
import type { GridComponentOption } from 'echarts/components'

// Only what the charts draw. ECharts' own tooltip is left out: its HTML would break the content security policy.
use([LineChart, CustomChart, GridComponent, CanvasRenderer])

export type ChartOption = ComposeOption<LineSeriesOption | CustomSeriesOption | GridComponentOption>
export type ChartSeries = LineSeriesOption | CustomSeriesOption
export type { CustomSeriesOption, LineSeriesOption }
export { init, type EChartsType }
