import type { EngineId } from '../domain/engine.ts'

/**
 * The errors that cross the contract. Main never lets an exception reach a caller as it is: everything
 * becomes a BenchError with a code (for programs), a sentence (for people) and what to do about it.
 */
export const errorCodes = [
  'unknown-procedure',
  'invalid-input',
  'foreign-sender',
  'not-found',
  'conflict',
  'cancelled',
  'read-only',
  'bench-not-found',
  'bench-foreign',
  'bench-newer',
  'bench-damaged',
  'bench-locked',
  'bench-full',
  'bench-unwritable',
  'engine-unavailable',
  'device-lost',
  'out-of-memory',
  'worker-died',
  'bad-data',
  'port-in-use',
  'disconnected',
  'internal'
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** What an error looks like on the wire and in a job's row. */
export interface ErrorPayload {
  readonly code: ErrorCode
  /** One sentence: what happened, to what. */
  readonly message: string
  /** The offending input field, as a path (`seeds.0`), or row and column of a file. */
  readonly field?: string
  /** One sentence: what to do. */
  readonly hint?: string
  /** The engine that a failed job computed on, where it computed on one. */
  readonly engine?: EngineId
  /** For "copy details": stack or raw message of the cause. */
  readonly details?: string
}

/** An error with a code, thrown anywhere in the core and carried unchanged to the caller. */
export class BenchError extends Error {
  override readonly name = 'BenchError'
  readonly payload: ErrorPayload

  constructor(code: ErrorCode, message: string, extra: Omit<ErrorPayload, 'code' | 'message'> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.payload = { code, message, ...extra }
  }

  get code(): ErrorCode {
    return this.payload.code
  }

  static from(payload: ErrorPayload): BenchError {
    const { code, message, ...extra } = payload
    return new BenchError(code, message, extra)
  }
}

/** Turns anything thrown into a payload; unknown exceptions become `internal` with their stack as details. */
export function toErrorPayload(error: unknown): ErrorPayload {
  if (error instanceof BenchError) return error.payload
  const message = error instanceof Error ? error.message : String(error)
  const details = error instanceof Error ? (error.stack ?? message) : message
  return {
    code: 'internal',
    message: `Something inside the bench failed: ${message}`,
    hint: 'Copy the details into a report; the bench file is unharmed.',
    details
  }
}
