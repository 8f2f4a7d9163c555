import cliProgress from 'cli-progress'
import { type ExperimentProgress, hasEnded, type JobView } from './cli-progress.ts'

/** Shows an experiment's progress until it is stopped. */
export interface ProgressView {
  update(): void
  stop(): void
}

/** Resolution of a bar; only shares of it are shown. */
const full = 1000
/** Without a terminal a line this often, in milliseconds, is enough to see that it lives. */
const lineInterval = 10_000

/** Bars in a terminal: the whole on top, then one a job. Jobs beyond the terminal's height are left out until they run. */
export function progressBars(progress: ExperimentProgress, stream: NodeJS.WriteStream): ProgressView {
  const bars = new Map<string, cliProgress.SingleBar>()
  const multi = new cliProgress.MultiBar(
    {
      stream,
      format: '{name} {bar} {percentage}% {detail}',
      barsize: 24,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      hideCursor: true,
      clearOnComplete: false,
      gracefulExit: false,
      autopadding: true,
      fps: 8
    },
    cliProgress.Presets.shades_classic
  )
  const total = multi.create(full, 0, { name: column('all'), detail: '' })
  const fits = () => bars.size + 3 < (stream.rows || 24)
  const show = (job: JobView): void => {
    const payload = { name: column(job.name), detail: jobDetail(job) }
    const begins = job.status !== 'queued' && !hasEnded(job) && fits()
    const bar = bars.get(job.id) ?? (begins ? multi.create(full, 0, payload) : undefined)
    if (bar === undefined) return
    bars.set(job.id, bar)
    bar.update(Math.round(full * (job.status === 'done' ? 1 : job.fraction)), payload)
    if (!hasEnded(job) || fits()) return
    multi.remove(bar)
    bars.delete(job.id)
  }
  const update = (): void => {
    for (const job of progress.jobs) show(job)
    total.update(Math.round(full * progress.fraction), { name: column('all'), detail: totalDetail(progress) })
  }
  update()
  return {
    update,
    stop() {
      update()
      multi.stop()
    }
  }
}

/** Plain lines for a log or a pipe: one now and then, and one for each job that ends. */
export function progressLines(progress: ExperimentProgress, say: (text: string) => void): ProgressView {
  const told = new Set<string>()
  let last = Date.now()
  return {
    update() {
      for (const job of progress.jobs) {
        if (!hasEnded(job) || told.has(job.id)) continue
        told.add(job.id)
        say(`${job.name}: ${job.status}${values(job)}, ${clock(progress.secondsSoFar())}`)
      }
      if (Date.now() - last < lineInterval) return
      last = Date.now()
      const running = progress.jobs.filter((job) => job.status === 'running')
      say([`${Math.round(100 * progress.fraction)}% ${totalDetail(progress)}`, ...running.map((job) => `${job.name}: ${jobDetail(job)}`)].join(' | '))
    },
    stop() {
      this.update()
    }
  }
}

/** Seconds as people read them: `45 s`, `2 min 05 s`. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
}

const column = (name: string): string => name.slice(0, 18).padEnd(18)

function jobDetail(job: JobView): string {
  if (hasEnded(job)) return `${job.status}${values(job)}`
  // A job's own message begins with what the bar is named after.
  const message = job.message.startsWith(`${job.name} · `) ? job.message.slice(job.name.length + 3) : job.message
  return `${message}${values(job)}`
}

const values = ({ loss, accuracy }: JobView): string => `${loss === null ? '' : `, loss ${loss.toFixed(3)}`}${accuracy === null ? '' : `, accuracy ${accuracy.toFixed(3)}`}`

function totalDetail(progress: ExperimentProgress): string {
  const left = progress.secondsLeft()
  return `${clock(progress.secondsSoFar())} so far${left === null ? '' : `, about ${clock(left)} left`}`
}
