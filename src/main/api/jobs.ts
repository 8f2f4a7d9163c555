import { BenchError } from '../../shared/contract/errors.ts'
import type { CoreState } from './core-state.ts'
import type { AreaHandlers } from './dispatcher.ts'

export const jobHandlers = (state: CoreState): AreaHandlers<'jobs'> => ({
  'jobs.list': ({ limit }) => {
    const { bench, jobs } = state.session()
    return bench.jobs.list(limit).map((job) => jobs.live(job))
  },
  'jobs.log': ({ jobId, after }) => {
    const { bench } = state.session()
    if (bench.jobs.get(jobId) === undefined) throw new BenchError('not-found', `There is no job ${jobId}.`, { field: 'jobId' })
    return bench.jobs.log(jobId, after)
  },
  'jobs.cancel': ({ jobId }) => {
    state.writable().jobs.cancel(jobId)
    return null
  },
  'jobs.resume': ({ jobId }) => state.writable().jobs.resume(jobId),
  'jobs.discard': ({ jobId }) => {
    state.writable().jobs.discard(jobId)
    return null
  }
})
