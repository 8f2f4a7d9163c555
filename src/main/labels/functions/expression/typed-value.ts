import type { FunctionBatch } from '../compiled-function.ts'

/** A value of an entry of a batch; null is missing. */
export type Evaluate<T> = (batch: FunctionBatch, index: number) => T | null

/** A part of an expression whose type is known before any row is seen. `constant` is set for what is written in the expression. */
export type Typed =
  | { readonly type: 'number'; readonly evaluate: Evaluate<number>; readonly constant?: number }
  | { readonly type: 'text'; readonly evaluate: Evaluate<string>; readonly constant?: string }
  | { readonly type: 'boolean'; readonly evaluate: Evaluate<boolean>; readonly constant?: boolean }
export type ValueType = Typed['type']

/** A function of two values that is missing where one of them is, and where a number has no value. */
export function both<A, R>(left: Evaluate<A>, right: Evaluate<A>, combine: (a: A, b: A) => R): Evaluate<R> {
  return (batch, index) => {
    const a = left(batch, index)
    if (a === null) return null
    const b = right(batch, index)
    return b === null ? null : known(combine(a, b))
  }
}

/** A function of one value that is missing where the value is. */
export function one<A, R>(value: Evaluate<A>, map: (a: A) => R): Evaluate<R> {
  return (batch, index) => {
    const a = value(batch, index)
    return a === null ? null : known(map(a))
  }
}

const known = <R>(value: R): R | null => (Number.isNaN(value) ? null : value)
