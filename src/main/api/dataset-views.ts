import type { Dataset } from '../../shared/domain/dataset.ts'
import { everything, type Filter, type Sort } from '../../shared/domain/filter.ts'
import { BenchViewData, ColumnMemory } from '../datasets/view/bench-view-data.ts'
import { View } from '../datasets/view/view-page.ts'
import type { Session } from './session.ts'

/** Views kept: those of the windows' grids, queues and counts. */
const keptViews = 12

/** The filtered and sorted views that windows look at, computed once and kept until labels or splits change. */
export class DatasetViews {
  readonly #views = new Map<string, View>()
  readonly #memory = new ColumnMemory()
  #session: Session | undefined

  /**
   * @param shown the source that `label:` means where the filter names none
   * @throws BenchError `invalid-input` for a filter that names what the data set does not have
   */
  view(session: Session, dataset: Dataset, shown: string | null, filter: Filter = everything, sort: Sort | null = null): View {
    if (this.#session !== session) {
      this.#views.clear()
      this.#memory.clear()
      this.#session = session
    }
    const key = JSON.stringify([dataset.id, session.revision(dataset.id), shown, filter, sort])
    const view = this.#views.get(key) ?? new View(filter, sort, this.data(session, dataset, shown))
    this.#views.delete(key)
    this.#views.set(key, view)
    for (const oldest of this.#views.keys()) {
      if (this.#views.size <= keptViews) break
      this.#views.delete(oldest)
    }
    return view
  }

  data(session: Session, dataset: Dataset, shown: string | null): BenchViewData {
    return new BenchViewData(session.bench, dataset, shown, this.#memory)
  }
}
