import { existsSync, statSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { BenchError } from '../../shared/contract/errors.ts'
import type { CoreState } from './core-state.ts'
import type { AreaHandlers } from './dispatcher.ts'

/** Paths typed by a person: relative ones are meant from the documents folder, and the usual extension is added. */
function pathOf(state: CoreState, typed: string): string {
  const path = isAbsolute(typed) ? typed : resolve(state.host.documents, typed)
  return /\.[a-z0-9]+$/i.test(path) ? path : `${path}.weakbench`
}

export const benchHandlers = (state: CoreState): AreaHandlers<'bench'> => ({
  'bench.info': () => state.session().bench.info(),
  'bench.recent': () => state.recent.list(),
  'bench.forget': ({ path }) => {
    state.recent.forget(path)
    return null
  },
  'bench.open': async ({ path, readOnly }) => {
    const wanted = isAbsolute(path) ? path : pathOf(state, path)
    return (await state.switchTo(wanted, { readOnly })).bench.info()
  },
  'bench.create': async ({ path }) => {
    const wanted = pathOf(state, path)
    if (existsSync(wanted)) throw new BenchError('conflict', `${wanted} exists already.`, { field: 'path', hint: 'Choose another name, or open that file.' })
    return (await state.switchTo(wanted, { create: true })).bench.info()
  },
  'bench.backup': async ({ path }) => {
    const wanted = pathOf(state, path)
    if (existsSync(wanted)) throw new BenchError('conflict', `${wanted} exists already.`, { field: 'path', hint: 'Choose another name for the backup.' })
    await state.session().bench.backup(wanted)
    return { path: wanted, sizeBytes: statSync(wanted).size }
  },
  'bench.check': async (_, { signal }) => {
    const { jobs } = state.writable()
    const job = jobs.enqueue({ kind: 'check-bench', name: 'Integrity check', input: {} })
    const abandoned = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }))
    const end = await Promise.race([jobs.wait(job.id), abandoned])
    if (end === null) {
      jobs.cancel(job.id)
      throw new BenchError('cancelled', 'The integrity check was cancelled.')
    }
    if (end.status !== 'done') throw end.error === null ? new BenchError('cancelled', 'The integrity check was cancelled.') : BenchError.from(end.error)
    const { problems } = end.result as { readonly problems: readonly string[] }
    return { ok: problems.length === 0, problems }
  }
})
