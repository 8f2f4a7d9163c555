import { listEngines } from '../compute/engine.ts'
import type { AreaHandlers } from './dispatcher.ts'

export const engineHandlers = (): AreaHandlers<'engines'> => ({
  'engines.list': () => listEngines()
})
