import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BenchError } from '../../../../shared/contract/errors.ts'
import { messageContext, messages } from '../testing/messages.ts'
import { compileFieldExpression } from './field-expression.ts'
import { parseExpression } from './expression-tree.ts'

const compile = (expression: string, context = messageContext) => compileFieldExpression({ kind: 'expression', expression, label: 1 }, context)
const votesOf = async (expression: string): Promise<number[]> => [...(await compile(expression).apply(messages))]
/** Whether a condition without columns holds; null where it is missing. */
async function truthOf(condition: string): Promise<boolean | null> {
  const holds = async (expression: string): Promise<boolean> => (await compile(expression).apply({ rows: Int32Array.of(0), columns: { price: Float64Array.of(Number.NaN), body: [null], subject: ['x'] } }))[0] === 1
  return (await holds(condition)) ? true : (await holds(`not (${condition})`)) ? false : null
}
function refusal(expression: string): unknown {
  try {
    compile(expression)
    return null
  } catch (error) {
    return error instanceof BenchError ? error.payload : error
  }
}

describe('an expression', () => {
  it('votes where it is true and abstains where it is false or missing', async () => {
    expect(await votesOf('length(body) > 12 and price >= -3')).toEqual([1, -1, -1, 1, 1, -1])
    expect(await votesOf("contains(body, 'FREE') or subject = 'MONEY'")).toEqual([1, -1, 1, 1, -1, -1])
    expect(await votesOf('missing(price) or missing(body)')).toEqual([-1, 1, 1, -1, -1, -1])
    expect(await votesOf("count(body, 'free') = 2")).toEqual([-1, -1, -1, 1, -1, -1])
    expect(await votesOf(String.raw`matches(subject, '^re:\s\w+$')`)).toEqual([-1, 1, -1, -1, 1, -1])
    expect(await votesOf("matches(subject, '^[A-Z]+$', '')")).toEqual([-1, -1, 1, -1, -1, -1])
    expect(await votesOf("lower(subject) < 'm' and `price` % 2 = 1")).toEqual([1, -1, -1, -1, -1, -1])
  })

  it.each([
    ['1 + 2 * 3 = 7', true],
    ['(1 + 2) * 3 = 9', true],
    ['10 - 4 - 3 = 3', true],
    ['8 / 4 / 2 = 1', true],
    ['-2 * -3 = 6 and --1 = 1', true],
    ['not 1 = 2 and 1 = 1', true],
    ['not (1 = 1 or 1 = 2)', false],
    ['1 = 1 or 1 = 1 and 1 = 2', true],
    ['NOT true OR False', false],
    ['.5 + 1e2 <> 100.5', false],
    ["'a\\'b' = \"a'b\" and 'x\\ny' != 'xny'", true],
    ["length('\\\\d') = 2 and length('\\d') = 2", true],
    ['min(3, 1, 2) + max(1, abs(-5)) == 6', true],
    ['1 / 0 > 1e300', true],
    ['0 / 0 = 0 / 0', null],
    ['price > 1', null],
    ['price > 1 and 1 = 2', false],
    ['1 = 2 and price > 1', false],
    ['price > 1 or 1 = 1', true],
    ['price > 1 or 1 = 2', null],
    ['not price > 1', null],
    ['missing(price + 1) and missing(lower(body)) and not missing(subject)', true],
    ["count('aaaa', 'aa') = 2 and count('abc', '') = 0", true],
    ["(1 = 1) = (2 = 2) and (1 = 1) != (1 = 2)", true]
  ])('%s is %s', async (condition, truth) => {
    expect(await truthOf(condition)).toBe(truth)
  })

  it.each([
    ['length(bdy) > 3', 7, 'There is no column "bdy".'],
    ['length > 3', 0, 'There is no column "length".'],
    ['size(body) > 3', 0, 'There is no function size.'],
    ['constructor(body)', 0, 'There is no function constructor.'],
    ['price > > 3', 8, 'Here should be a value, not >.'],
    ['price >', 7, 'Here should be a value, not the end.'],
    ['', 0, 'Here should be a value, not the end.'],
    ['and price > 3', 0, 'Here should be a value, not and.'],
    ['(price > 3', 10, 'Here should be ), not the end.'],
    ['price > 3)', 9, 'The expression should end before ).'],
    ['price > 3 price', 10, 'The expression should end before price.'],
    ['1 < price < 3', 10, 'Comparisons cannot follow each other.'],
    ["body = 'free", 7, 'The text that begins with \' never ends.'],
    ['price > 3 ; 1', 10, 'An expression cannot contain ; here.'],
    ['price', 0, 'The expression is a number, not a condition.'],
    ['price and true', 6, 'and needs a condition, not a number.'],
    ['not price', 0, 'not needs a condition, not a number.'],
    ["price + 'a' > 1", 6, '+ needs a number, not a text.'],
    ['body > 3', 5, '> cannot compare a text with a number.'],
    ['true < false', 5, '< cannot compare a condition with a condition.'],
    ['length(price) > 3', 7, 'length needs a text, not a number.'],
    ['contains(body)', 0, 'contains is given 1 value.'],
    ['abs(1, 2) > 0', 0, 'abs is given 2 values.'],
    ['matches(body, subject)', 14, 'matches needs its regular expression written out.'],
    ["matches(body, '(')", 14, 'Invalid regular expression: /(/i: Unterminated group.'],
    ["matches(body, 'a', 'g')", 19, "There are no flags 'g' for regular expressions here."]
  ])('is refused where it goes wrong: %s', (expression, at, message) => {
    expect(refusal(expression)).toMatchObject({ code: 'invalid-input', field: `expression.${at}`, message: expect.stringContaining(message) as string })
  })

  it('is refused when it nests or runs on without measure', () => {
    for (const piece of ['(', '-', 'not ', 'abs(']) expect(refusal(`${piece.repeat(4000)}1`)).toMatchObject({ code: 'invalid-input' })
    expect(refusal(`1${' + 1'.repeat(4000)} > 1`)).toMatchObject({ message: expect.stringContaining('at most 2000 words') as string })
    expect(refusal(`1${' + 1'.repeat(900)} > 1`)).toBeNull()
  })

  it('whose regular expression backtracks without end is stopped at the row', async () => {
    const body = Array.from({ length: 1500 }, (_, index) => (index === 1200 ? `${'a'.repeat(64)}b` : 'a'))
    const compiled = compile("matches(body, '^(a+)+$')", { ...messageContext, limits: { rowMilliseconds: 100 } })
    await expect(compiled.apply({ rows: Int32Array.from(body, (_, index) => index), columns: { body } })).rejects.toMatchObject({ payload: { code: 'bad-data', field: 'row 1200' } })
  })

  it('never fails but with an error that says where', () => {
    const piece = fc.constantFrom('price', 'body', '1', "'a'", '(', ')', 'and', 'or', 'not', '<', '=', '+', '-', 'length(', 'matches(', ',', '`', '"', '\\', 'é', 'missing(', '%')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.constantFrom(' ', ''), (pieces, between) => {
        const source = pieces.join(between)
        try {
          compile(source)
        } catch (error) {
          if (!(error instanceof BenchError)) throw error
          const at = Number(/^expression\.(\d+)$/u.exec(error.payload.field ?? '')?.[1])
          expect(at).toBeGreaterThanOrEqual(0)
          expect(at).toBeLessThanOrEqual(source.length)
        }
      }),
      { numRuns: 2000 }
    )
  })

  it('computes what JavaScript computes', async () => {
    const number: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, fc.integer({ min: 0, max: 9 }).map(String), fc.tuple(tie('value'), fc.constantFrom('+', '-', '*', '/', '%'), tie('value')).map(([a, operator, b]) => `(${a} ${operator} ${b})`), tie('value').map((a) => `- ${a}`))
    })).value
    await fc.assert(
      fc.asyncProperty(number, fc.constantFrom('<', '<=', '>', '>='), number, async (a, operator, b) => {
        const [x, y] = [valueOf(a), valueOf(b)]
        const expected = Number.isNaN(x) || Number.isNaN(y) ? null : operator === '<' ? x < y : operator === '<=' ? x <= y : operator === '>' ? x > y : x >= y
        expect(await truthOf(`${a} ${operator} ${b}`)).toBe(expected)
      }),
      { numRuns: 200 }
    )
  })
})

/** A second reading of the parsed arithmetic, straight from the tree. NaN spreads as missing values do. */
function valueOf(source: string): number {
  const compute = (node: ReturnType<typeof parseExpression>): number => {
    if (node.kind === 'number') return node.value
    if (node.kind === 'unary') return -compute(node.operand)
    if (node.kind !== 'binary') return Number.NaN
    const [a, b] = [compute(node.left), compute(node.right)]
    return { '+': a + b, '-': a - b, '*': a * b, '/': a / b, '%': a % b }[node.operator as '+'] ?? Number.NaN
  }
  return compute(parseExpression(source))
}
