import type { ErrorPayload } from './errors.ts'
import type { Events, Topic } from './events.ts'

/** The answer to one call; errors travel as data, so that nothing is lost on the way. */
export type Reply = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: ErrorPayload }

export type EventMessage = { readonly [T in Topic]: { readonly topic: T; readonly payload: Events[T] } }[Topic]

/**
 * What a window needs to reach main, whatever the host: Electron's preload exposes one as `window.weakbench`,
 * elsewhere the renderer builds one over a WebSocket. Values are structured-clone data; typed arrays cross as binary.
 */
export interface Transport {
  /** `callId` is unique within the window and names the call in `cancel`. */
  invoke(callId: number, procedure: string, input: unknown): Promise<Reply>
  cancel(callId: number): void
  /** Returns the function that ends the subscription. */
  subscribe(listener: (event: EventMessage) => void): () => void
  /** Connection state of a transport that can lose main; Electron's never does. */
  onConnection?(listener: (state: 'connected' | 'reconnecting' | 'refused') => void): () => void
}

/** Messages of the WebSocket transport, MessagePack-encoded with typed arrays as extension types (see `binary.ts`). */
export type ClientMessage =
  | { readonly type: 'call'; readonly id: number; readonly procedure: string; readonly input: unknown }
  | { readonly type: 'cancel'; readonly id: number }
export type ServerMessage =
  | { readonly type: 'reply'; readonly id: number; readonly reply: Reply }
  | { readonly type: 'events'; readonly events: readonly EventMessage[] }
