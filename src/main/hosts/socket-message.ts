import { decodeBinary } from '../../shared/contract/binary.ts'
import type { ClientMessage, ErrorPayload } from '../../shared/contract/index.ts'

/** What a frame from a window turned out to be; a broken one closes the socket, a flawed call is answered. */
export type Frame =
  | { readonly kind: 'message'; readonly message: ClientMessage }
  | { readonly kind: 'flawed'; readonly id: number; readonly error: ErrorPayload }
  | { readonly kind: 'broken'; readonly code: 1003 | 1008; readonly reason: string }

const fields = new Set(['type', 'id', 'procedure', 'input'])

/** Reads one binary frame; never throws. */
export function readFrame(bytes: Uint8Array): Frame {
  let value: unknown
  try {
    value = decodeBinary(bytes)
  } catch {
    return { kind: 'broken', code: 1003, reason: 'not a MessagePack message' }
  }
  if (!isRecord(value)) return { kind: 'broken', code: 1008, reason: 'not a message of the contract' }
  const { type, id, procedure, input } = value
  if (!isId(id)) return { kind: 'broken', code: 1008, reason: 'a message without an id' }
  if (type === 'cancel') return { kind: 'message', message: { type, id } }
  if (type !== 'call') return flawed(id, 'type')
  if (typeof procedure !== 'string') return flawed(id, 'procedure')
  const extra = Object.keys(value).find((key) => !fields.has(key))
  return extra === undefined ? { kind: 'message', message: { type, id, procedure, input } } : flawed(id, extra.slice(0, 80))
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const isId = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

const flawed = (id: number, field: string): Frame => ({
  kind: 'flawed',
  id,
  error: { code: 'invalid-input', message: `The message has a field "${field}" that the contract does not allow.`, field }
})
