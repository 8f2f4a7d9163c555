import { compileFunction as checkSyntax } from 'node:vm'
import { BenchError } from '../../../shared/contract/errors.ts'
import type { LabelingFunctionDefinition } from '../../../shared/domain/labeling-function.ts'
import type { CompiledFunction, FunctionBatch, FunctionContext } from './compiled-function.ts'
import { JavascriptSandbox, type SandboxProblem, SandboxSyntaxError } from './javascript-sandbox.ts'
import { LimitedRows, limitsOf, TooHeavy } from './time-limit.ts'

type Javascript = Extract<LabelingFunctionDefinition, { kind: 'javascript' }>

/** Rows and characters that cross into the sandbox at once. */
const chunkRows = 64
const chunkCharacters = 256 * 1024

/**
 * The body of `function (example) { … }`, run in a QuickJS sandbox. `example` is frozen and holds the columns by name (null
 * where missing) and `row`, the row of the data set, unless a column has that name. It returns a class name, a class
 * position, or null or nothing to abstain. There is no clock and no random number inside, and nothing stays from row to row.
 */
export async function compileJavascript(definition: Javascript, context: FunctionContext): Promise<CompiledFunction> {
  const { code } = definition
  const limited = new LimitedRows(limitsOf(context))
  requireBody(code)
  const open = (): Promise<JavascriptSandbox> => JavascriptSandbox.open(code, context.classes, limited.limits)
  let sandbox: JavascriptSandbox | null = await openChecked(open)

  return {
    async apply(batch) {
      const votes = new Int32Array(batch.rows.length)
      const encode = encoderOf(batch, context)
      const run = async (from: number, to: number, milliseconds: number): Promise<void> => {
        const inUse = (sandbox ??= await open())
        try {
          const answer = inUse.apply(encode(from, to), milliseconds)
          if (!(answer instanceof Int32Array)) throw rowError(answer, batch.rows[from + answer.index] ?? -1, context)
          votes.set(answer, from)
          if (inUse.stale) sandbox = null
        } catch (error) {
          if (error instanceof TooHeavy) sandbox = null
          throw error
        }
      }
      await limited.over(batch.rows, (from) => chunkEnd(batch, from), run)
      return votes
    },
    matchIn: () => null
  }
}

/**
 * The interpreter would also accept code that closes the function and goes on after it; parsing it here as a body of its own
 * does not, and tells the line of a mistake. The code is only parsed, never run, outside the sandbox.
 */
function requireBody(code: string): void {
  try {
    checkSyntax(`"use strict";${code}`, ['example'], { filename: 'code' })
  } catch (error) {
    const line = error instanceof Error ? /^code:(\d+)/u.exec(error.stack ?? '')?.[1] : undefined
    throw syntaxError(`${error instanceof Error ? error.message : String(error)}${line === undefined ? '' : ` (line ${line})`}`)
  }
}

async function openChecked(open: () => Promise<JavascriptSandbox>): Promise<JavascriptSandbox> {
  try {
    return await open()
  } catch (error) {
    if (error instanceof SandboxSyntaxError) throw syntaxError(error.message.replace(/^\w+: /u, ''))
    throw error
  }
}

const syntaxError = (reason: string): BenchError =>
  new BenchError('invalid-input', sentence(`The code does not parse: ${reason}`), { field: 'code', hint: 'Write the body of function (example) { … }, for example: return example.body.length < 40 ? 1 : null' })

function rowError({ problem, text, line }: SandboxProblem, row: number, { classes }: FunctionContext): BenchError {
  const field = `row ${row}`
  if (problem === 'threw') {
    const where = line > 0 ? `, line ${line}` : ''
    return new BenchError('bad-data', sentence(`The function failed on row ${row}${where}: ${text}`), { field, hint: 'A missing value is null; test for it before you use it.' })
  }
  const names = classes.slice(0, 10).map((name) => `"${name}"`).join(', ')
  return new BenchError('bad-data', `The function returned ${text} on row ${row}.`, {
    field,
    hint: `Return a class name (${names}${classes.length > 10 ? ', …' : ''}), its position from 0 to ${classes.length - 1}, or null to abstain.`
  })
}

const sentence = (text: string): string => (/[.!?]$/u.test(text) ? text : `${text}.`)

function chunkEnd({ columns, rows }: FunctionBatch, from: number): number {
  const texts = Object.values(columns).filter((values) => !(values instanceof Float64Array))
  let characters = 0
  let to = from
  while (to < rows.length && to - from < chunkRows && characters < chunkCharacters) {
    for (const values of texts) characters += String(values[to] ?? '').length
    to++
  }
  return to
}

/** Encodes entries of a batch as JSON, infinities as numbers too large for a double, which JSON reads back as infinite. */
function encoderOf({ rows, columns }: FunctionBatch, context: FunctionContext): (from: number, to: number) => string {
  const names = context.columns.map(({ name }) => name).filter((name) => columns[name] !== undefined)
  const fields = names.map((name) => ({ key: `${JSON.stringify(name)}:`, values: columns[name] ?? [] }))
  const withRow = !names.includes('row')
  const cell = (value: string | number | null | undefined): string => {
    if (typeof value === 'number' && !Number.isFinite(value)) return Number.isNaN(value) ? 'null' : value > 0 ? '1e999' : '-1e999'
    return JSON.stringify(value ?? null)
  }
  return (from, to) => {
    const examples: string[] = []
    for (let index = from; index < to; index++) {
      const parts = fields.map(({ key, values }) => key + cell(values[index]))
      if (withRow) parts.push(`"row":${rows[index] ?? -1}`)
      examples.push(`{${parts.join(',')}}`)
    }
    return `[${examples.join(',')}]`
  }
}
