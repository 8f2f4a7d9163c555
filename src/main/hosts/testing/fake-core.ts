import type { BenchInfo } from '../../../shared/domain/bench.ts'
import { type ProcedureName, procedureNames } from '../../../shared/contract/index.ts'
import { type CallContext, createDispatcher, type Handlers } from '../../api/dispatcher.ts'
import { EventHub } from '../../api/event-hub.ts'

export interface RecordedCall {
  readonly procedure: ProcedureName
  readonly input: unknown
  readonly context: CallContext
}

/** The real dispatcher over handlers that record their calls and answer what `respond` says (null unless told otherwise). */
export function fakeCore(respond: (call: RecordedCall) => unknown = () => null) {
  const calls: RecordedCall[] = []
  const handle = (procedure: ProcedureName) => (input: unknown, context: CallContext) => {
    const call = { procedure, input, context }
    calls.push(call)
    return respond(call)
  }
  // Complete by construction; what a fake answers is the test's business.
  const handlers = Object.fromEntries(procedureNames.map((name) => [name, handle(name)])) as unknown as Handlers
  return { ...createDispatcher(handlers), events: new EventHub(), calls }
}

export const benchInfo: BenchInfo = {
  path: '/benches/first.weakbench',
  name: 'first',
  readOnly: false,
  schemaVersion: 1,
  createdAt: 0,
  sizeBytes: 4096,
  counts: { datasets: 0, experiments: 0, runs: 0, jobs: 0 },
  interrupted: 0
}
