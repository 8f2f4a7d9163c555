import { openBench } from '../src/main/store/bench.ts'

/** What a bench file holds of a remembered part of the window (JSON, or null), read beside the running application. */
export function storedSetting(benchPath: string, key: string): string | null {
  const bench = openBench(benchPath, { readOnly: true })
  try {
    return bench.settings.get(key) ?? null
  } finally {
    bench.close()
  }
}
