import { expect, it } from 'vitest'
import { cases } from './cases.ts'
import { parseOptions, UsageError } from './options.ts'

it('measures everything with one and two threads unless told otherwise', () => {
  expect(parseOptions([], 8)).toMatchObject({ json: false, quick: false, python: 'python3', threads: [1, 2], chosen: cases })
  expect(parseOptions([], 1).threads).toEqual([1])
})

it('takes cases by parts of their names', () => {
  const { chosen } = parseOptions(['--only', 'seeds', '--only', '784x256-t', '--json', '--threads', '1,4'])
  expect(chosen.map(({ name }) => name)).toEqual(['seeds-16', 'product-128x784x256-tn', 'product-128x784x256-tt'])
})

it.each([
  [['--only', 'nothing'], /No case has "nothing"/],
  [['--fast'], /--fast/],
  [['--threads', '0'], /--threads 0/],
  [['more'], /more/]
])('refuses %j in a sentence', (args, said) => {
  expect(() => parseOptions(args)).toThrow(UsageError)
  expect(() => parseOptions(args)).toThrow(said)
})

it('names every case once', () => {
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
})
