/**
 * What runs inside the sandbox before a person's code: it takes away what would make a vote depend on anything but the
 * example (random numbers, clocks, code made from text, state kept from row to row) and then applies the function to rows.
 *
 * Every object that code can reach without making it is frozen, so a row cannot leave something behind for the next.
 * The program's value is a function of (code, classes as JSON) that returns a function of (rows as JSON). That one returns
 * votes joined by commas, or `!` and a JSON object that names the row and the problem.
 */
export const sandboxProgram = `(() => {
  'use strict'
  const MakeFunction = Function
  const { parse, stringify } = JSON
  const { freeze, getPrototypeOf, getOwnPropertyDescriptors } = Object
  const { ownKeys } = Reflect
  const isInteger = Number.isInteger

  const families = [function () {}, function* () {}, async function () {}, async function* () {}]
  for (const each of families) delete getPrototypeOf(each).constructor
  delete Math.random
  for (const name of ['eval', 'Function', 'Date', 'Promise', 'SharedArrayBuffer', 'Atomics', 'WeakRef', 'FinalizationRegistry', 'performance']) delete globalThis[name]

  const seen = new Set()
  const harden = (value) => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return
    seen.add(value)
    freeze(value)
    harden(getPrototypeOf(value))
    const properties = getOwnPropertyDescriptors(value)
    for (const key of ownKeys(properties)) {
      const { value: held, get, set } = properties[key]
      harden(held)
      harden(get)
      harden(set)
    }
  }
  const called = families.map((each) => each())
  const iterators = [[].values(), ''[Symbol.iterator](), new Map().entries(), new Set().values(), 'a'.matchAll(/a/g), [].values().map((each) => each), Iterator.from({ next() {} })]
  const hidden = [...families, ...called.filter((each) => each !== undefined), ...iterators]
  for (const each of hidden) harden(getPrototypeOf(each))
  for (const each of families) harden(each.prototype)
  harden(globalThis)

  const describe = (value) => {
    if (typeof value === 'string') return stringify(value.length > 60 ? value.slice(0, 60) + '…' : value)
    if (typeof value === 'number' || typeof value === 'boolean' || value === null) return '' + value
    if (typeof value === 'bigint') return 'a big integer'
    return value instanceof Array ? 'a list' : typeof value === 'object' ? 'an object' : 'a ' + typeof value
  }
  const thrown = (error) => {
    if (!(error instanceof Error)) return { text: describe(error), line: 0 }
    const stack = /<(?:anonymous|input|eval)>[^:]*:(\\d+)/.exec('' + error.stack)
    return { text: ('' + error.name + ': ' + error.message).slice(0, 500), line: stack === null ? 0 : +stack[1] }
  }

  return (code, classList) => {
    const classes = parse(classList)
    const positions = new Map(classes.map((name, position) => [name, position]))
    const vote = new MakeFunction('example', '"use strict";' + code + '\\n')
    return (text) => {
      const rows = parse(text)
      const votes = []
      for (let index = 0; index < rows.length; index++) {
        let result
        try {
          result = vote(freeze(rows[index]))
        } catch (error) {
          return '!' + stringify({ index, problem: 'threw', ...thrown(error) })
        }
        const position = typeof result === 'string' ? positions.get(result) : result
        if (result === null || result === undefined) votes.push(-1)
        else if (isInteger(position) && position >= 0 && position < classes.length) votes.push(position)
        else return '!' + stringify({ index, problem: 'returned', text: describe(result), line: 0 })
      }
      return votes.join()
    }
  }
})()`
