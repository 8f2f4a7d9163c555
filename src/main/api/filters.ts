import { BenchError } from '../../shared/contract/errors.ts'
import type { SavedFilter } from '../../shared/domain/filter.ts'
import type { CoreState } from './core-state.ts'
import { datasetOf } from './dataset-lookup.ts'
import type { AreaHandlers } from './dispatcher.ts'
import { change } from './journal.ts'
import type { Session } from './session.ts'

function filterOf(session: Session, id: string): SavedFilter {
  const filter = session.bench.filters.get(id)
  if (filter === undefined) throw new BenchError('not-found', `There is no saved filter ${id}.`, { field: 'filterId' })
  return filter
}

export const filterHandlers = (state: CoreState): AreaHandlers<'filters'> => ({
  'filters.list': ({ datasetId }) => state.session().bench.filters.list(datasetOf(state.session(), datasetId).id),
  'filters.save': ({ datasetId, filterId, name, filter, sort }) => {
    const session = state.writable()
    datasetOf(session, datasetId)
    if (filterId !== undefined) {
      const before = filterOf(session, filterId)
      change(session, `Change filter "${before.name}"`, { do: 'filter', datasetId, id: filterId, name, filter, sort })
      return filterOf(session, filterId)
    }
    const id = session.bench.transaction(() => {
      const made = session.bench.filters.insert(datasetId, name, filter, sort)
      change(session, `Save filter "${name}"`, { do: 'filter-deleted', datasetId, id: made, at: null })
      return made
    })
    return filterOf(session, id)
  },
  'filters.delete': ({ filterId }) => {
    const session = state.writable()
    const { name, datasetId } = filterOf(session, filterId)
    return change(session, `Delete filter "${name}"`, { do: 'filter-deleted', datasetId, id: filterId, at: Date.now() })
  }
})
