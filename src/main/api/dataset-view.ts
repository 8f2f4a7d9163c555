import { splits } from '../../shared/domain/dataset.ts'
import type { CoreState } from './core-state.ts'
import { datasetOf, requireRows, sourceOf } from './dataset-lookup.ts'
import type { Handlers } from './dispatcher.ts'

type ViewProcedures = 'datasets.get' | 'datasets.columns' | 'datasets.view' | 'datasets.position' | 'datasets.count' | 'datasets.balance' | 'datasets.quarantine' | 'datasets.report'

/** Looking at data sets. */
export const viewHandlers = (state: CoreState): Pick<Handlers, ViewProcedures> => ({
  'datasets.get': ({ datasetId }) => datasetOf(state.session(), datasetId),
  'datasets.columns': ({ datasetId }) => state.session().bench.columns.list(datasetOf(state.session(), datasetId).id),
  'datasets.view': ({ datasetId, sourceId, filter, sort, offset, limit, sourceIds, columns, features }) => {
    const session = state.session()
    const { bench } = session
    const dataset = datasetOf(session, datasetId)
    const view = state.views.view(session, dataset, sourceId, filter, sort)
    const rows = view.rowsAt(offset, limit)
    const known = bench.columns.list(datasetId)
    const data = state.views.data(session, dataset, sourceId)
    const pinned = bench.splits.pinned(datasetId, dataset.count)
    return {
      rows,
      total: view.total,
      labels: sourceIds.map((id) => {
        const inForce = bench.labels.inForce(sourceOf(session, dataset, id, 'sourceIds').id)
        return rows.map((row) => inForce[row] ?? -1)
      }),
      splits: Int8Array.from(rows, (row) => pinned[row] ?? -1),
      columns: columns.flatMap((position) => {
        const column = known[position]
        return column === undefined ? [] : [data.slice(column, rows)]
      }),
      features: features && dataset.kind !== 'text' ? bench.datasets.features(dataset, rows) : null
    }
  },
  'datasets.position': ({ datasetId, sourceId, filter, sort, row }) => {
    const dataset = datasetOf(state.session(), datasetId)
    requireRows(dataset, [row])
    const position = state.views.view(state.session(), dataset, sourceId, filter, sort).positionOf(row)
    return position < 0 ? null : position
  },
  'datasets.count': ({ datasetId, sourceId, filter }) => state.views.view(state.session(), datasetOf(state.session(), datasetId), sourceId, filter).total,
  'datasets.balance': ({ datasetId, sourceId, filter }) => {
    const session = state.session()
    const dataset = datasetOf(session, datasetId)
    const view = state.views.view(session, dataset, sourceId, filter)
    const labels = sourceId === null ? null : session.bench.labels.inForce(sourceOf(session, dataset, sourceId).id)
    const pinned = session.bench.splits.pinned(datasetId, dataset.count)
    const placeOf = new Map(dataset.classes.map(({ position }, place) => [position, place]))
    const bySplit = dataset.classes.map(() => new Array<number>(splits.length + 1).fill(0))
    let unlabelled = 0
    const { mask } = view
    for (let row = 0; row < dataset.count; row++) {
      if (mask[row] !== 1) continue
      const counts = bySplit[placeOf.get(labels?.[row] ?? -1) ?? -1]
      const split = pinned[row] ?? -1
      const column = split < 0 ? splits.length : split
      if (counts === undefined) unlabelled++
      else counts[column] = (counts[column] ?? 0) + 1
    }
    return { total: view.total, classes: bySplit.map((counts) => counts.reduce((sum, count) => sum + count, 0)), unlabelled, bySplit }
  },
  'datasets.quarantine': ({ datasetId, offset, limit }) => {
    const { importReports } = state.session().bench
    const { id } = datasetOf(state.session(), datasetId)
    return { rows: importReports.page(id, offset, limit), total: importReports.quarantined(id) }
  },
  'datasets.report': ({ datasetId, kind }) => state.session().bench.importReports.report(datasetOf(state.session(), datasetId).id, kind) ?? null
})
