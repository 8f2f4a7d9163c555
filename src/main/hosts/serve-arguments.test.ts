import { describe, expect, it } from 'vitest'
import { BenchError } from '../../shared/contract/errors.ts'
import { parseServeArguments } from './serve-arguments.ts'

describe('the command line of serve', () => {
  it('may be empty, or say everything', () => {
    expect(parseServeArguments([])).toEqual({ bench: undefined, port: undefined, readOnly: false, open: false })
    expect(parseServeArguments(['--bench=a b.weakbench', '--port', '0', '--read-only', '--open'])).toEqual({ bench: 'a b.weakbench', port: 0, readOnly: true, open: true })
    expect(parseServeArguments(['--help'])).toBeNull()
  })

  it.each([
    [['--port', 'seven'], '"seven" is not a port.'],
    [['--port', '65536'], '"65536" is not a port.'],
    [['--port=-1'], '"-1" is not a port.'],
    [['--port', '-1'], "Option '--port' argument is ambiguous."],
    [['--port', '1e3'], '"1e3" is not a port.'],
    [['--port='], '"" is not a port.'],
    [['--port'], "Option '--port <value>' argument missing."],
    [['--bench', ''], '--bench needs the path of a file.'],
    [['--bench', 'a\0b'], '--bench needs the path of a file.'],
    [['--read-only=yes'], "Option '--read-only' does not take an argument."],
    [['--no-such-option'], "Unknown option '--no-such-option'."],
    [['leftover'], "Unexpected argument 'leftover'."]
  ])('%j is refused with one sentence and what to do', (args, message) => {
    const refusal = (() => {
      try {
        return parseServeArguments(args)
      } catch (error) {
        return error
      }
    })()
    expect(refusal).toBeInstanceOf(BenchError)
    expect(refusal).toMatchObject({ code: 'invalid-input', message, payload: { hint: expect.stringMatching(/\.$/) as string } })
  })
})
