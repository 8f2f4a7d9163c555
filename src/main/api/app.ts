import { availableParallelism, totalmem } from 'node:os'
import type { AppInfo } from '../../shared/domain/bench.ts'
import { codeVersion } from '../jobs/code-version.ts'
import type { CoreState } from './core-state.ts'
import type { AreaHandlers } from './dispatcher.ts'
import type { HostAbilities } from './host-abilities.ts'

/** What the application is and runs on. */
export const appInfoOf = (host: HostAbilities): AppInfo => ({
  version: codeVersion,
  host: host.kind,
  platform: `${process.platform} ${process.arch}`,
  node: process.versions.node,
  cores: availableParallelism(),
  memoryBytes: totalmem(),
  nativeDialogs: host.nativeDialogs,
  documents: host.documents
})

export const appHandlers = (state: CoreState): AreaHandlers<'app'> => ({
  'app.info': () => state.app,
  'app.choose-bench': ({ mode }) => (state.host.nativeDialogs ? state.host.chooseBench(mode) : null)
})
