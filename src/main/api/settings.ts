import type { CoreState } from './core-state.ts'
import type { AreaHandlers } from './dispatcher.ts'

export const settingHandlers = (state: CoreState): AreaHandlers<'settings'> => ({
  'settings.get': ({ key }) => state.session().bench.settings.get(key),
  'settings.set': ({ key, value }) => {
    const { bench } = state.session()
    // How the views of a read-only file are left is simply not remembered.
    if (!bench.readOnly) bench.settings.set(key, value)
    return null
  }
})
