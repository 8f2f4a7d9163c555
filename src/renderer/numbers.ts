/** Numbers, durations and sizes as people read them in the bench. Full precision stays in titles and exports. */

const minus = (text: string): string => text.replace('-', '\u2212')
const special = (value: number): string | null =>
  Number.isNaN(value) ? 'NaN' : value === Infinity ? '\u221e' : value === -Infinity ? '\u2212\u221e' : null

/** A share or score with fixed decimals, so that columns align: 0.873. */
export function formatScore(value: number, decimals = 3): string {
  const text = value.toFixed(decimals)
  // What rounds to nothing has no sign.
  return special(value) ?? (Number(text) === 0 ? text.replace('-', '') : minus(text))
}

/** A signed difference: +0.045, −0.002. */
export const formatDifference = (value: number, decimals = 3): string =>
  special(value) ?? (value > 0 ? `+${value.toFixed(decimals)}` : minus(value.toFixed(decimals)))

/** Mean and spread with the same decimals: 0.873 ± 0.006. A single value has no spread. */
export const formatMeanSd = (mean: number, sd: number | null, decimals = 3): string =>
  sd === null ? formatScore(mean, decimals) : `${formatScore(mean, decimals)} \u00b1 ${formatScore(sd, decimals)}`

/** An interval in brackets: [0.023, 0.067]. */
export const formatInterval = (lower: number | null, upper: number | null, decimals = 3): string | null =>
  lower === null || upper === null ? null : `[${formatScore(lower, decimals)}, ${formatScore(upper, decimals)}]`

// Made once: each toLocaleString would make its own, which is felt where a table is scrolled.
const grouped = new Intl.NumberFormat('en-US')
const fewDigits = new Intl.NumberFormat('en-US', { maximumFractionDigits: 6 })

/** A quantity of unknown scale in four significant digits; thousands grouped, exponents for the very small and large. */
export function formatQuantity(value: number): string {
  const name = special(value)
  if (name !== null) return name
  const size = Math.abs(value)
  if (Number.isInteger(value) && size < 1e7) return minus(grouped.format(value))
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) return minus(value.toExponential(2)).replace('e+', 'e')
  return minus(fewDigits.format(Number(value.toPrecision(4))))
}

/** A whole number with thousands grouped: 10,000. */
export const formatCount = (value: number): string => grouped.format(Math.round(value))

/** A count and its noun: "1 run", "40 runs". */
export const formatPlural = (value: number, one: string, many: string): string => `${formatCount(value)} ${value === 1 ? one : many}`

/** A share in [0, 1] as whole percent; never 100% before the end. */
export const formatPercent = (fraction: number): string => `${fraction >= 1 ? 100 : Math.min(99, Math.floor(Math.max(0, fraction) * 100))}%`

/** Seconds: 0.4 s, 12 s, 2 min 05 s, 1 h 03 min. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '\u2013'
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
  const minutes = Math.round(whole / 60)
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

/** Time left, rounded so that it does not flicker: seconds by 5 below a minute, then minutes. */
export function formatTimeLeft(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '\u2013'
  if (seconds < 5) return 'a few seconds left'
  if (seconds < 60) return `${Math.ceil(seconds / 5) * 5} s left`
  if (seconds < 3600) return `${Math.round(seconds / 60)} min left`
  return `${formatDuration(seconds)} left`
}

/** A rate with its unit: 1,240 steps/s, 3.4 rows/s. */
export const formatRate = (rate: number, unit: string): string => `${rate >= 100 ? formatCount(rate) : rate.toPrecision(2)} ${unit}/s`

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB'] as const
/** Bytes in decimal units: 12.4 MB. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < byteUnits.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 ? String(value) : value.toFixed(value < 100 ? 1 : 0)} ${byteUnits[unit] ?? 'B'}`
}

/** When something happened, relative while it is recent, else a date: just now, 5 min ago, 3 h ago, 2026-11-02. */
export function formatWhen(at: number, now: number): string {
  const seconds = Math.max(0, (now - at) / 1000)
  if (seconds < 45) return 'just now'
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`
  if (seconds < 7 * 86_400) return formatPlural(Math.round(seconds / 86_400), 'day ago', 'days ago')
  return formatDate(at).slice(0, 10)
}

/** Local date and time, ISO-like: 2026-11-02 14:05. */
export function formatDate(at: number): string {
  const date = new Date(at)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`
}

/** Local time of day for logs: 14:05:09. */
export const formatClock = (at: number): string => new Date(at).toLocaleTimeString('en-GB')

/** Any configuration value in one line. */
export function formatValue(value: unknown): string {
  if (value === undefined) return '\u2013'
  if (value === null) return 'none'
  if (typeof value === 'number') return formatQuantity(value)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(formatValue).join(', ')
  return JSON.stringify(value)
}

/** Parses seeds such as `0-7` or `0, 2, 5-6`; null when the text is not a list of whole numbers or ranges. */
export function parseSeeds(text: string): number[] | null {
  const seeds: number[] = []
  for (const part of text.split(',').map((piece) => piece.trim()).filter((piece) => piece !== '')) {
    const match = /^(\d{1,10})(?:\s*[-\u2013]\s*(\d{1,10}))?$/.exec(part)
    if (match === null) return null
    const first = Number(match[1])
    const last = match[2] === undefined ? first : Number(match[2])
    if (last < first || last - first > 1000) return null
    for (let seed = first; seed <= last; seed += 1) seeds.push(seed)
  }
  return seeds.length === 0 ? null : seeds
}

/** The shortest text for a list of seeds, runs of three or more as ranges: `0-7`, `1, 2, 5-9`. */
export function formatSeeds(seeds: readonly number[]): string {
  const parts: string[] = []
  let start = 0
  for (let index = 0; index < seeds.length; index += 1) {
    if (seeds[index + 1] === (seeds[index] ?? 0) + 1) continue
    const group = seeds.slice(start, index + 1)
    parts.push(...(group.length > 2 ? [`${group[0]}-${group.at(-1)}`] : group.map(String)))
    start = index + 1
  }
  return parts.join(', ')
}
