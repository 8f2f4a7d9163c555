import type { FunctionContext } from '../compiled-function.ts'
import { listColumns, numberOf, textOf } from '../function-columns.ts'
import { expressionFunctions } from './expression-functions.ts'
import { expressionError } from './expression-tokens.ts'
import type { BinaryOperator, ExpressionNode } from './expression-tree.ts'
import { both, one, type Typed, type ValueType } from './typed-value.ts'

const names: Readonly<Record<ValueType, string>> = { number: 'a number', text: 'a text', boolean: 'a condition' }
const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b
}

/**
 * Gives every part of a parsed expression its type and what computes it. Missing values spread through arithmetic and
 * comparisons; `and`, `or` and `not` follow Kleene's three-valued logic (`false and missing` is false).
 *
 * @throws BenchError `invalid-input` at the part that does not fit: an unknown column or function, a wrong type
 */
export function typeExpression(node: ExpressionNode, context: FunctionContext): Typed {
  switch (node.kind) {
    case 'number':
      return { type: 'number', evaluate: () => node.value, constant: node.value }
    case 'text':
      return { type: 'text', evaluate: () => node.value, constant: node.value }
    case 'boolean':
      return { type: 'boolean', evaluate: () => node.value, constant: node.value }
    case 'column':
      return typeColumn(node, context)
    case 'call':
      return typeCall(node, context)
    case 'unary':
      return typeUnary(node, context)
    case 'binary':
      return typeBinary(node, context)
  }
}

function typeColumn({ name, at }: Extract<ExpressionNode, { kind: 'column' }>, context: FunctionContext): Typed {
  const column = context.columns.find((each) => each.name === name)
  if (column === undefined) {
    const hint = Object.hasOwn(expressionFunctions, name) ? `Write ${expressionFunctions[name]?.usage ?? name}.` : `${listColumns('text', context)} ${listColumns('number', context)}`
    throw expressionError(`There is no column "${name}".`, at, hint)
  }
  if (column.type === 'text') return { type: 'text', evaluate: (batch, index) => textOf(batch, name, index) }
  return {
    type: 'number',
    evaluate: (batch, index) => {
      const value = numberOf(batch, name, index)
      return Number.isNaN(value) ? null : value
    }
  }
}

function typeCall({ name, arguments: given, at }: Extract<ExpressionNode, { kind: 'call' }>, context: FunctionContext): Typed {
  const called = Object.hasOwn(expressionFunctions, name) ? expressionFunctions[name] : undefined
  if (called === undefined) throw expressionError(`There is no function ${name}.`, at, `Functions are ${Object.keys(expressionFunctions).join(', ')}.`)
  const { parameters, optional = [], rest, constants = [] } = called
  if (given.length < parameters.length || (rest === undefined && given.length > parameters.length + optional.length)) {
    throw expressionError(`${name} is given ${given.length} ${given.length === 1 ? 'value' : 'values'}.`, at, `Write ${called.usage}.`)
  }
  const values = given.map((argument, index) => {
    const wanted = [...parameters, ...optional][index] ?? rest ?? 'any'
    const value = typeExpression(argument, context)
    if (wanted !== 'any' && value.type !== wanted) throw wrongType(name, value.type, wanted, argument.at, `Write ${called.usage}.`)
    if (constants.includes(index) && value.constant === undefined) throw expressionError(`${name} needs its regular expression written out.`, argument.at, `Write ${called.usage}.`)
    return value
  })
  return called.build(values, given.map((argument) => argument.at))
}

function typeUnary({ operator, operand, at }: Extract<ExpressionNode, { kind: 'unary' }>, context: FunctionContext): Typed {
  const value = typeExpression(operand, context)
  if (operator === '-') {
    if (value.type !== 'number') throw wrongType('-', value.type, 'number', at, 'Only numbers can be negated; a condition is turned around with not.')
    return { type: 'number', evaluate: one(value.evaluate, (each) => -each) }
  }
  if (value.type !== 'boolean') throw wrongType('not', value.type, 'boolean', at, 'Compare it with something first.')
  return { type: 'boolean', evaluate: one(value.evaluate, (each) => !each) }
}

function typeBinary({ operator, left, right, at }: Extract<ExpressionNode, { kind: 'binary' }>, context: FunctionContext): Typed {
  const a = typeExpression(left, context)
  const b = typeExpression(right, context)
  if (operator === 'and' || operator === 'or') return typeLogic(operator, a, b, at)
  const compute = arithmetic[operator]
  if (compute === undefined) return typeComparison(operator, a, b, at)
  if (a.type === 'number' && b.type === 'number') return { type: 'number', evaluate: both(a.evaluate, b.evaluate, compute) }
  throw wrongType(operator, a.type === 'number' ? b.type : a.type, 'number', at, 'Calculate with numbers, for example length(body).')
}

function typeLogic(operator: 'and' | 'or', a: Typed, b: Typed, at: number): Typed {
  if (a.type !== 'boolean' || b.type !== 'boolean') throw wrongType(operator, a.type === 'boolean' ? b.type : a.type, 'boolean', at, 'Compare it with something first.')
  // The value that decides by itself, whatever the other side is.
  const decisive = operator === 'or'
  return {
    type: 'boolean',
    evaluate: (batch, index) => {
      const left = a.evaluate(batch, index)
      if (left === decisive) return decisive
      const right = b.evaluate(batch, index)
      if (right === decisive) return decisive
      return left === null || right === null ? null : !decisive
    }
  }
}

function typeComparison(operator: BinaryOperator, a: Typed, b: Typed, at: number): Typed {
  if (a.type === 'number' && b.type === 'number') return { type: 'boolean', evaluate: both(a.evaluate, b.evaluate, comparison<number>(operator)) }
  if (a.type === 'text' && b.type === 'text') return { type: 'boolean', evaluate: both(a.evaluate, b.evaluate, comparison<string>(operator)) }
  if (a.type === 'boolean' && b.type === 'boolean' && (operator === '=' || operator === '!=')) {
    return { type: 'boolean', evaluate: both(a.evaluate, b.evaluate, (x, y) => (x === y) === (operator === '=')) }
  }
  throw expressionError(`${operator} cannot compare ${names[a.type]} with ${names[b.type]}.`, at, 'Both sides must be numbers, or both texts; length(text) makes a number of a text.')
}

function comparison<T extends number | string>(operator: BinaryOperator): (a: T, b: T) => boolean {
  switch (operator) {
    case '=':
      return (a, b) => a === b
    case '<':
      return (a, b) => a < b
    case '<=':
      return (a, b) => a <= b
    case '>':
      return (a, b) => a > b
    case '>=':
      return (a, b) => a >= b
    default:
      return (a, b) => a !== b
  }
}

const wrongType = (what: string, found: ValueType, wanted: ValueType, at: number, hint: string): Error => expressionError(`${what} needs ${names[wanted]}, not ${names[found]}.`, at, hint)
