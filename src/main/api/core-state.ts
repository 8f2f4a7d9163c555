import type { AppInfo } from '../../shared/domain/bench.ts'
import type { EngineChoice } from '../jobs/engine-choice.ts'
import type { TaskDesk } from '../jobs/task-desk.ts'
import type { DatasetViews } from './dataset-views.ts'
import type { HostAbilities } from './host-abilities.ts'
import type { RecentList } from './recent.ts'
import type { Session } from './session.ts'

/** What the areas share: the session of now, and how to go over to another file. */
export interface CoreState {
  readonly app: AppInfo
  readonly host: HostAbilities
  readonly recent: RecentList
  readonly engines: EngineChoice
  readonly tasks: TaskDesk
  readonly views: DatasetViews
  session(): Session
  /** The same for a procedure that writes; throws `read-only` where the file is open read-only. */
  writable(): Session
  switchTo(path: string, options: { readonly readOnly?: boolean; readonly create?: boolean }): Promise<Session>
}
