import { BenchError } from '../../shared/contract/errors.ts'
import type { Run } from '../../shared/domain/run.ts'
import { configDifferences } from '../runs/config-differences.ts'
import type { CoreState } from './core-state.ts'
import type { AreaHandlers } from './dispatcher.ts'
import { change } from './journal.ts'
import type { Session } from './session.ts'

function runOf(session: Session, id: string): Run {
  const run = session.bench.runs.get(id)
  if (run === undefined) throw new BenchError('not-found', `There is no run ${id}.`, { field: 'runId', hint: 'It may belong to another bench file.' })
  return run
}

export const runHandlers = (state: CoreState): AreaHandlers<'runs'> => ({
  'runs.list': ({ experimentId, status, limit, offset }) =>
    state.session().bench.runs.list({ limit, offset, ...(experimentId === undefined ? {} : { experimentId }), ...(status === undefined ? {} : { status }) }),
  'runs.get': ({ runId }) => runOf(state.session(), runId),
  'runs.metrics': ({ runIds, names, points }) => state.session().bench.runs.metrics(runIds, names, points),
  'runs.config-differences': ({ runIds }) => configDifferences(runIds.map((id) => runOf(state.session(), id).config)),
  'runs.rename': ({ runId, name }) => {
    const session = state.writable()
    const run = runOf(session, runId)
    return change(session, `Rename run "${run.name}" to "${name}"`, { do: 'run-name', id: runId, name })
  },
  'runs.set-notes': ({ runId, notes }) => {
    const session = state.writable()
    const run = runOf(session, runId)
    return change(session, `Change the notes of run "${run.name}"`, { do: 'run-notes', id: runId, notes })
  },
  'runs.set-tags': ({ runId, tags }) => {
    const session = state.writable()
    const run = runOf(session, runId)
    return change(session, `Tag run "${run.name}"`, { do: 'run-tags', id: runId, tags: [...new Set(tags)] })
  },
  'runs.set-deleted': ({ runIds, deleted }) => {
    const session = state.writable()
    const affected = runIds.map((id) => runOf(session, id)).filter((run) => (run.deletedAt === null) === deleted)
    const [first] = affected
    if (first === undefined) return session.bench.journal.state()
    const active = affected.find((run) => run.status === 'running' || run.status === 'queued')
    if (deleted && active) throw new BenchError('conflict', `The run "${active.name}" is ${active.status}.`, { hint: 'Cancel its job first.' })
    const what = affected.length === 1 ? `run "${first.name}"` : `${affected.length} runs`
    return change(session, `${deleted ? 'Delete' : 'Restore'} ${what}`, { do: 'runs-deleted', ids: affected.map((run) => run.id), at: deleted ? Date.now() : null })
  }
})
