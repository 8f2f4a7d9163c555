import type { GenericSchema, InferInput, InferOutput } from 'valibot'

/** A procedure of the contract: its input schema (checked in main on every call) and, as a type only, its output. */
export interface Procedure<Schema extends GenericSchema = GenericSchema, Output = unknown> {
  readonly input: Schema
  /** Phantom: carries the output type, never a value. */
  readonly output?: Output
}

/** Declares a procedure: `procedure<Output>()(inputSchema)`; curried so that only the output is spelled out. */
export const procedure =
  <Output>() =>
  <Schema extends GenericSchema>(input: Schema): Procedure<Schema, Output> => ({ input })

/** What a caller passes (before defaults are filled in). */
export type InputOf<P extends Procedure> = InferInput<P['input']>
/** What a handler receives (after validation and defaults). */
export type ParsedInputOf<P extends Procedure> = InferOutput<P['input']>
export type OutputOf<P extends Procedure> = P extends Procedure<infer _Schema, infer Output> ? Output : never

/** True when two types are the same; used for the compile-time completeness checks of handlers and transports. */
export type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
