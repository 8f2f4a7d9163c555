import { checkBench } from './check-bench.ts'
import { importSample } from './import-sample.ts'
import type { JobContext } from './job-context.ts'
import { weakToStrongSeed } from './weak-to-strong-seed.ts'

/** What a worker can do, by the kind named in the job's row. The result is handed to whoever waits for the job. */
export const jobKinds: Readonly<Record<string, (context: JobContext) => Promise<unknown>>> = {
  'check-bench': checkBench,
  'import-sample': importSample,
  'weak-to-strong-seed': weakToStrongSeed
}
