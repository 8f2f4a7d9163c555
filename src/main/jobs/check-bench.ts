import type { JobContext } from './job-context.ts'

/** The full integrity check, away from main because it reads every page. */
export async function checkBench(context: JobContext): Promise<{ readonly problems: readonly string[] }> {
  context.progress(0, 1, 'files', 'reading every page')
  await context.breathe()
  return { problems: context.bench.check() }
}
