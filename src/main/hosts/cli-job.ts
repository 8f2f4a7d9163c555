import { BenchError } from '../../shared/contract/errors.ts'
import type { Job } from '../../shared/domain/job.ts'
import type { CliCore } from './cli-core.ts'
import { type CliOutput, Interrupted } from './cli-output.ts'
import { onSignal } from './cli-signals.ts'

/** Without a terminal a line this often, in milliseconds, is enough to see that it lives. */
const lineInterval = 5000
const pollInterval = 50

/**
 * Waits for a job, with its progress on stderr; Ctrl+C cancels it.
 *
 * @throws BenchError of a job that failed; Interrupted after a signal
 */
export async function followJob(core: CliCore, jobId: string, output: CliOutput): Promise<Job> {
  const heard = onSignal()
  let said = ''
  let lastLine = Date.now()
  try {
    for (;;) {
      const job = (await core.call('jobs.list', { limit: 200 })).find(({ id }) => id === jobId)
      if (job === undefined) throw new BenchError('not-found', 'The job is gone.')
      if (heard.signal.aborted) {
        if (job.status === 'queued' || job.status === 'running') await core.call('jobs.cancel', { jobId })
        throw new Interrupted(heard.name ?? 'SIGINT', `${job.name} was cancelled; nothing of it is left.`)
      }
      const line = progressLine(job)
      if (process.stderr.isTTY && line !== said) process.stderr.write(`\r\u001b[K${line}`)
      else if (!process.stderr.isTTY && Date.now() - lastLine > lineInterval) {
        output.say(line)
        lastLine = Date.now()
      }
      said = line
      if (job.status === 'done') return job
      if (job.status !== 'queued' && job.status !== 'running' && job.status !== 'cancelling') throw failureOf(job)
      await new Promise((resolve) => setTimeout(resolve, pollInterval))
    }
  } finally {
    heard.stop()
    if (process.stderr.isTTY && said !== '') process.stderr.write('\r\u001b[K')
  }
}

/** Waits for every job that is under way, such as those that follow an import. */
export async function followAll(core: CliCore, output: CliOutput): Promise<void> {
  for (;;) {
    const waiting = (await core.call('jobs.list', { limit: 200 })).find(({ status }) => status === 'queued' || status === 'running')
    if (waiting === undefined) return
    await followJob(core, waiting.id, output)
  }
}

function progressLine({ name, progress }: Job): string {
  const rate = progress.rate === null ? '' : `, ${Math.round(progress.rate).toLocaleString('en')} ${progress.unit}/s`
  const left = progress.secondsLeft === null ? '' : `, ${Math.ceil(progress.secondsLeft)} s left`
  return `${name}: ${Math.floor(progress.fraction * 100)}%, ${progress.message}${rate}${left}`
}

function failureOf({ name, status, error }: Job): BenchError {
  if (error === null) return new BenchError('internal', `${name} ended as ${status}.`)
  const { code, message, ...extra } = error
  return new BenchError(code, message, extra)
}
