import type { EventMessage, Events, ProcedureName, Procedures, Same, Topic } from '../../shared/contract/index.ts'
import type { Dispatcher, Handlers } from '../api/dispatcher.ts'
import type { EventHub } from '../api/event-hub.ts'

/** What a transport needs of the core. */
export interface ContractHost extends Dispatcher {
  readonly events: EventHub
}

/**
 * `true` when a transport carries the whole contract: it takes any name of a procedure, and its events are those of every
 * topic with their payloads. A transport states it of its own message types, so that one that loses a part does not compile.
 */
export type CarriesContract<Procedure, Event extends { readonly topic: unknown; readonly payload: unknown }> =
  Same<keyof Handlers, keyof Procedures> &
  (ProcedureName extends Procedure ? true : false) &
  Same<Event['topic'], Topic> &
  Same<Event, EventMessage> &
  Same<Event['payload'], Events[Topic]>
