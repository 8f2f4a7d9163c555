import * as v from 'valibot'
import { BenchError, type ErrorPayload, isProcedureName, type OutputOf, type ParsedInputOf, type ProcedureName, type Procedures, procedures, type Reply, toErrorPayload } from '../../shared/contract/index.ts'

/** What a handler may know of its caller: when the caller gives up, and which window asked. */
export interface CallContext {
  readonly signal: AbortSignal
  readonly clientId: string
}

/** One handler a procedure; the mapped type makes a missing or misspelt one a compile error. */
export type Handlers = {
  readonly [P in ProcedureName]: (input: ParsedInputOf<Procedures[P]>, context: CallContext) => OutputOf<Procedures[P]> | Promise<OutputOf<Procedures[P]>>
}

/** The handlers of one area, the part of a procedure's name before the dot: what one file of this folder provides. */
export type AreaHandlers<Area extends string> = Pick<Handlers, Extract<ProcedureName, `${Area}.${string}`>>

/** The only way into the core, whatever the host: validates, calls, and answers with a value or a typed error, never an exception. */
export interface Dispatcher {
  dispatch(procedure: unknown, input: unknown, context: CallContext): Promise<Reply>
}

/**
 * Builds the dispatcher over a complete set of handlers.
 *
 * @param translate turns what a lower room throws (SQLite's errors) into the bench's own; anything else passes
 */
export function createDispatcher(handlers: Handlers, translate: (error: unknown) => unknown = (error) => error): Dispatcher {
  return {
    async dispatch(procedure, input, context) {
      if (!isProcedureName(procedure)) return refuse(unknownProcedure(procedure))
      // The union of handlers cannot be called with the union of inputs; the schema of the same name checks it first.
      const handler = handlers[procedure] as (input: unknown, context: CallContext) => unknown
      try {
        const parsed = v.safeParse(procedures[procedure].input, input)
        if (!parsed.success) return refuse(invalidInput(procedure, parsed.issues[0]))
        context.signal.throwIfAborted()
        return { ok: true, value: await handler(parsed.output, context) }
      } catch (error) {
        return refuse(context.signal.aborted ? { code: 'cancelled', message: `The call ${procedure} was cancelled.` } : toErrorPayload(translate(error)))
      }
    }
  }
}

const refuse = (error: ErrorPayload): Reply => ({ ok: false, error })

/** Longest part of a caller's own input that an error repeats. */
const longestQuote = 200

const unknownProcedure = (procedure: unknown): ErrorPayload =>
  new BenchError('unknown-procedure', `There is no procedure named ${typeof procedure === 'string' ? JSON.stringify(procedure.slice(0, longestQuote)) : `by a ${typeof procedure}`}.`, {
    hint: 'The window and the bench may be of different versions; reload the window.'
  }).payload

function invalidInput(procedure: string, issue: v.BaseIssue<unknown>): ErrorPayload {
  // Messages and paths quote what was sent, which may be megabytes.
  const field = v.getDotPath(issue)?.slice(0, longestQuote)
  return {
    code: 'invalid-input',
    message: `${procedure}${field ? `, field ${field}` : ''}: ${issue.message.slice(0, 2 * longestQuote)}`,
    ...(field === undefined ? {} : { field })
  }
}
