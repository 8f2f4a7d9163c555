/** Minutes back from now that count for the rate. */
const minutes = 3

/** Labels a minute over the last minutes, from the times of labels in milliseconds; null below two labels. */
export function labelsPerMinute(times: readonly number[], now: number): number | null {
  const recent = times.filter((at) => at > now - minutes * 60_000)
  const [first] = recent
  if (first === undefined || recent.length < 2) return null
  // From the first label to now, so that a pause lowers the rate; never divided by less than ten seconds.
  return recent.length / Math.max((now - first) / 60_000, 1 / 6)
}
