import type { Bench } from '../store/bench.ts'

/**
 * Sets right what a crash left behind, when a file is opened for writing. Jobs that were running or waiting become
 * interrupted: a person decides whether they go on. One that was being cancelled is cancelled. Half-made imports are removed.
 */
export function recoverJobs(bench: Bench): void {
  bench.transaction(() => {
    for (const job of bench.jobs.withStatus('running', 'cancelling', 'queued')) {
      const status = job.status === 'cancelling' ? 'cancelled' : 'interrupted'
      bench.jobs.end(job.id, status, null)
      bench.runs.endUnfinished(job.id, status, status === 'cancelled' ? 'Cancelled.' : 'The bench was closed or ended before this run did.')
    }
    bench.datasets.removeIncomplete()
    bench.noiseChecks.removeIncomplete()
  })
}
