import { describe, expect, it } from 'vitest'
import { toErrorPayload } from '../../../shared/contract/errors.ts'
import type { FunctionLimits } from './compiled-function.ts'
import { compileJavascript } from './javascript.ts'
import { messageContext, messages } from './testing/messages.ts'

const limits: Partial<FunctionLimits> = { rowMilliseconds: 250 }
const votesOf = async (code: string, batch = messages, own = limits): Promise<number[]> => {
  const compiled = await compileJavascript({ kind: 'javascript', code }, { ...messageContext, limits: own })
  return [...(await compiled.apply(batch))]
}
const refusal = async (code: string, own = limits): Promise<unknown> => await votesOf(code, messages, own).then((votes) => votes, toErrorPayload)

describe('a JavaScript function', () => {
  it('returns a class name, a position, null or nothing', async () => {
    expect(await votesOf("if (example.body === null) return null\nif (example.price > 4) return 'spam'\nif (example.subject?.startsWith('Re')) return 0")).toEqual([1, 0, -1, -1, 1, -1])
    expect(await votesOf('')).toEqual([-1, -1, -1, -1, -1, -1])
  })

  it('takes a name for a class even where it is a number, and a number for a position', async () => {
    expect(await votesOf("return example.price > 4 ? '7' : 1")).toEqual([2, 1, 2, 1, 2, 1])
  })

  it('sees the columns by name, null where they are missing, and the row', async () => {
    expect(await votesOf('return example.row === 13 && example.subject === null && Object.keys(example).join() === "body,subject,price,row" ? 1 : null')).toEqual([-1, -1, -1, 1, -1, -1])
    const strange = { rows: Int32Array.of(5), columns: { body: ['\ud800"\\\u0000\u2028'], price: Float64Array.of(-Infinity) } }
    expect(await votesOf(String.raw`return example.body === '\ud800"\\\u0000\u2028' && example.price === -Infinity ? 1 : 0`, strange)).toEqual([1])
  })

  it.each([
    ['return 3', 'returned 3'],
    ['return -1', 'returned -1'],
    ['return 0.5', 'returned 0.5'],
    ['return NaN', 'returned NaN'],
    ["return 'eggs'", 'returned "eggs"'],
    ["return 'x'.repeat(1000)", 'returned "xxx'],
    ['return true', 'returned true'],
    ['return {}', 'returned an object'],
    ['return [1]', 'returned a list'],
    ['return () => 1', 'returned a function'],
    ['return Symbol()', 'returned a symbol'],
    ['return 1n', 'returned a big integer'],
    ['return (async () => 1)()', 'returned an object'],
    ['return { toString() { for (;;); } }', 'returned an object']
  ])('is told what it returned: %s', async (code, said) => {
    expect(await refusal(code)).toMatchObject({ code: 'bad-data', field: 'row 10', message: expect.stringContaining(said) as string, hint: expect.stringContaining('"ham", "spam"') as string })
  })

  it.each([
    ['\nreturn example.nothing.length', 'failed on row 10, line 2: TypeError'],
    ["throw new RangeError('too far')", 'line 1: RangeError: too far.'],
    ["throw 'text'", 'failed on row 10: "text".'],
    ['throw { get message() { for (;;); } }', 'failed on row 10: an object.'],
    ['return (function f() { return f() + 1 })()', 'stack overflow'],
    ['example.body = 1', 'read-only'],
    ['example.more = 1', 'not extensible']
  ])('that throws is told what, where and on which row: %j', async (code, said) => {
    expect(await refusal(code)).toMatchObject({ code: 'bad-data', field: 'row 10', message: expect.stringContaining(said) as string })
  })

  it('is told the row in the middle of a batch', async () => {
    const body = Array.from({ length: 500 }, (_, index) => (index === 333 ? null : 'text'))
    const batch = { rows: Int32Array.from(body, (_, index) => index * 2), columns: { body } }
    await expect(votesOf('return example.body.length > 9 ? 1 : 0', batch)).rejects.toMatchObject({ payload: { field: 'row 666' } })
  })

  it.each([
    ['for (;;);'],
    ['while (true) { try { null.x } catch {} }'],
    ['return /^(a+)+$/.test("a".repeat(60) + "b") ? 1 : 0'],
    // A loop in the interpreter itself, which its own interrupts cannot end.
    ['return Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)'],
    ['for (;;) { try { (function f() { f() })() } catch {} }']
  ])('that never ends is stopped: %s', async (code) => {
    expect(await refusal(code)).toMatchObject({ code: 'bad-data', field: 'row 10', message: 'The function took longer than 250 ms on row 10.' })
  })

  it.each(["return 'a'.repeat(1 << 29)", 'return new ArrayBuffer(1e9)', 'const all = []; for (;;) all.push(new Uint8Array(1e6))', 'const all = []; for (;;) all.push({})', 'const all = new Map(); for (let i = 0; ; i++) all.set(i, i)'])('that allocates without end is stopped: %s', async (code) => {
    expect(await refusal(code, { rowMilliseconds: 5000, memoryBytes: 16 * 2 ** 20 })).toMatchObject({ code: 'bad-data', field: 'row 10', message: 'The function used more than 16 MB of memory on row 10.' })
  })

  it('takes cells of millions of characters one at a time, and refuses one that is too large', async () => {
    const rows = Int32Array.from({ length: 5 }, (_, index) => index)
    const own = { rowMilliseconds: 5000, memoryBytes: 16 * 2 ** 20 }
    const body = Array.from({ length: 5 }, () => 'é'.repeat(1_900_000))
    expect(await votesOf('return example.body.length === 1.9e6 ? 1 : 0', { rows, columns: { body } }, own)).toEqual([1, 1, 1, 1, 1])
    body[3] = 'é'.repeat(2_200_000)
    await expect(votesOf('return 1', { rows, columns: { body } }, own)).rejects.toMatchObject({ payload: { field: 'row 3', message: 'The function used more than 16 MB of memory on row 3.' } })
  })

  it.each([
    ['return 1 +', 'line 1'],
    ['\n\nconst x = ;', 'line 3'],
    ['return 1 }); for (;;); (function () {', 'line 1'],
    ['return import.meta', 'import.meta'],
    ['return await 1', 'line 1'],
    ['with (example) { return 1 }', 'with']
  ])('that does not parse is refused with its line: %j', async (code, said) => {
    expect(await refusal(code)).toMatchObject({ code: 'invalid-input', field: 'code', message: expect.stringContaining(said) as string })
  })

  it.each(['(', '[', '{', '!', 'a?'])('that nests without measure is refused: %s', async (piece) => {
    expect(await refusal(piece.repeat(9000))).toMatchObject({ code: 'invalid-input', field: 'code' })
  })

  it.each(['process', 'require', 'fetch', 'setTimeout', 'queueMicrotask', 'Date', 'eval', 'Function', 'Promise', 'WebAssembly', 'SharedArrayBuffer', 'Atomics', 'console', 'performance', 'navigator', 'std', 'os', 'WeakRef', 'FinalizationRegistry', 'Math.random', 'import.meta'])(
    'has no %s',
    async (name) => {
      if (name === 'import.meta') expect(await refusal(`return ${name}`)).toMatchObject({ code: 'invalid-input' })
      else expect(await votesOf(`return typeof ${name.includes('.') ? name : `globalThis.${name}`} === 'undefined' ? 1 : 0`)).toEqual([1, 1, 1, 1, 1, 1])
    }
  )

  it.each(['function () {}', 'function* () {}', 'async function () {}', 'async function* () {}', '() => 1', 'class {}'])('cannot make code from text through %s', async (made) => {
    expect(await refusal(`return (${made}).constructor('return 1')() ? 1 : 0`)).toMatchObject({ code: 'bad-data', message: expect.stringContaining('not a function') as string })
  })

  it('cannot import anything', async () => {
    expect(await votesOf("import('fs'); return 1")).toEqual([1, 1, 1, 1, 1, 1])
    const batch = { rows: Int32Array.from({ length: 300 }, (_, index) => index), columns: {} }
    expect((await votesOf("let vote = 0; import('os').then(() => { vote = 1 }); return vote", batch)).every((vote) => vote === 0)).toBe(true)
  })

  it.each([
    'globalThis.n = (globalThis.n ?? 0) + 1; return n % 2',
    'Array.prototype.n = 1; return 0',
    'Object.prototype.n = 1; return 0',
    '[][Symbol.iterator]().__proto__.n = 1; return 0',
    '(function* () {})().__proto__.__proto__.n = 1; return 0',
    '(async () => 1)().__proto__.n = 1; return 0',
    'new Uint8Array(1).__proto__.__proto__.n = 1; return 0',
    "'a'.matchAll(/a/g).__proto__.n = 1; return 0",
    'JSON.parse = () => [{}]; return 0',
    'Map.prototype.get = () => 1; return 0',
    'Error.stackTraceLimit = 1; return 0',
    '[].values().map((x) => x).__proto__.n = 1; return 0',
    'Iterator.from({ next() {} }).__proto__.n = 1; return 0',
    '(async function* () {})().__proto__.__proto__.n = 1; return 0',
    '(async function* () {})().__proto__.__proto__.__proto__.n = 1; return 0',
    'new Proxy({}, {}); Reflect.n = 1; return 0'
  ])('cannot leave anything behind for the next row: %s', async (code) => {
    expect(await refusal(code)).toMatchObject({ code: 'bad-data', message: expect.stringMatching(/TypeError/u) as string })
  })

  it('works after a batch that failed, and on the same rows again', async () => {
    const compiled = await compileJavascript({ kind: 'javascript', code: 'while (example.row === 12); return example.row % 2' }, { ...messageContext, limits: { rowMilliseconds: 100 } })
    await expect(compiled.apply(messages)).rejects.toMatchObject({ payload: { field: 'row 12' } })
    const rest = { rows: Int32Array.of(10, 11), columns: {} }
    expect([...(await compiled.apply(rest))]).toEqual([0, 1])
    expect([...(await compiled.apply(rest))]).toEqual([0, 1])
  })

  it('computes without clock or chance: two sandboxes agree', async () => {
    const code = 'let x = example.row; for (let i = 0; i < 50; i++) x = Math.imul(x ^ (x >>> 7), 2654435761) + Math.sin(i); return Math.abs(Math.trunc(x)) % 3'
    const batch = { rows: Int32Array.from({ length: 400 }, (_, index) => index), columns: {} }
    const first = await votesOf(code, batch)
    expect(await votesOf(code, batch)).toEqual(first)
    expect(new Set(first)).toEqual(new Set([0, 1, 2]))
  })
})
