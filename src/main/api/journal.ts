import type { JournalState } from '../../shared/domain/journal.ts'
import { type Change, makeChange, redoChange, undoChange } from './changes.ts'
import type { CoreState } from './core-state.ts'
import type { AreaHandlers } from './dispatcher.ts'
import type { Session } from './session.ts'

/** Makes a change that a person asked for: journalled, undoable, and told to every window. */
export function change(session: Session, title: string, wanted: Change): JournalState {
  session.requireWritable()
  session.bench.transaction(() => {
    makeChange(session.bench, title, wanted)
    updateSummaries(session, wanted)
  })
  announce(session, wanted)
  return session.bench.journal.state()
}

/** Experiments that the runs belong to, each once. */
const experimentsOf = (session: Session, runIds: readonly string[]): readonly string[] => [...new Set(runIds.flatMap((id) => session.bench.runs.get(id)?.experimentId ?? []))]

/** A summary counts the runs that are there: deleting some, or taking that back, changes it. */
function updateSummaries(session: Session, made: Change): void {
  if (made.do !== 'runs-deleted') return
  for (const id of experimentsOf(session, made.ids)) session.summarize(id)
}

function announce(session: Session, made: Change): void {
  switch (made.do) {
    case 'dataset-name':
    case 'dataset-deleted':
      session.publish('datasets.changed', { datasetIds: [made.id] })
      break
    case 'labels':
    case 'splits':
    case 'label-batch':
    case 'split-batch':
    case 'classes':
    case 'filter':
    case 'filter-deleted':
    case 'functions-deleted':
    case 'function-enabled':
      session.publish('datasets.changed', { datasetIds: [made.datasetId] })
      break
    case 'experiment-name':
    case 'experiment-notes':
    case 'experiment-deleted':
      session.publish('experiments.changed', { experimentIds: [made.id] })
      break
    case 'run-name':
    case 'run-notes':
    case 'run-tags':
      session.publish('runs.changed', { runIds: [made.id], experimentIds: experimentsOf(session, [made.id]) })
      break
    case 'runs-deleted':
      session.publish('runs.changed', { runIds: made.ids, experimentIds: experimentsOf(session, made.ids) })
  }
  session.publish('journal.changed', session.bench.journal.state())
  session.publish('bench.changed', session.bench.info())
}

function step(session: Session, work: typeof undoChange): JournalState {
  const made = session.bench.transaction(() => {
    const change = work(session.bench)
    if (change !== undefined) updateSummaries(session, change)
    return change
  })
  if (made !== undefined) announce(session, made)
  return session.bench.journal.state()
}

export const journalHandlers = (state: CoreState): AreaHandlers<'journal'> => ({
  'journal.state': () => state.session().bench.journal.state(),
  'journal.list': ({ limit }) => state.session().bench.journal.list(limit),
  'journal.undo': () => step(state.writable(), undoChange),
  'journal.redo': () => step(state.writable(), redoChange)
})
