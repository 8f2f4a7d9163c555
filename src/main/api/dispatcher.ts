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

/** The only way into the core, whatever the host: validates, calls, and answers with a value or a typed error, never an exception. */
export interface Dispatcher {
  dispatch(procedure: string, input: unknown, context: CallContext): Promise<Reply>
}

/** Builds the dispatcher over a complete set of handlers. */
export function createDispatcher(handlers: Handlers): Dispatcher {
  return {
    async dispatch(procedure, input, context) {
      if (!isProcedureName(procedure)) return refuse(unknownProcedure(procedure))
      const parsed = v.safeParse(procedures[procedure].input, input)
      if (!parsed.success) return refuse(invalidInput(procedure, parsed.issues[0]))
      // The union of handlers cannot be called with the union of inputs; the schema of the same name has just checked it.
      const handler = handlers[procedure] as (input: unknown, context: CallContext) => unknown
      try {
        context.signal.throwIfAborted()
        return { ok: true, value: await handler(parsed.output, context) }
      } catch (error) {
        return refuse(context.signal.aborted ? { code: 'cancelled', message: `The call ${procedure} was cancelled.` } : toErrorPayload(error))
      }
    }
  }
}

const refuse = (error: ErrorPayload): Reply => ({ ok: false, error })

const unknownProcedure = (procedure: unknown): ErrorPayload =>
  new BenchError('unknown-procedure', `There is no procedure named ${JSON.stringify(String(procedure).slice(0, 80))}.`, {
    hint: 'The window and the bench may be of different versions; reload the window.'
  }).payload

function invalidInput(procedure: string, issue: v.BaseIssue<unknown>): ErrorPayload {
  const field = v.getDotPath(issue) ?? undefined
  return {
    code: 'invalid-input',
    message: `${procedure}${field ? `, field ${field}` : ''}: ${issue.message}`,
    ...(field === undefined ? {} : { field })
  }
}
