import { constants } from 'node:os'
import { BenchError, type ErrorPayload, toErrorPayload } from '../../shared/contract/errors.ts'

/** Exit codes of the command line; an interruption is 128 plus the signal's number (130 for Ctrl+C). */
export const exitCodes = { ok: 0, failure: 1, usage: 2 } as const

/** Thrown where a signal ended a command before its work was done. */
export class Interrupted extends Error {
  readonly signal: NodeJS.Signals

  constructor(signal: NodeJS.Signals, message: string) {
    super(message)
    this.signal = signal
  }
}

interface Streams {
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WritableStream
}

/**
 * Where a command writes. Under `--json` stdout carries exactly one JSON value, a result or `{ "error": ... }`;
 * everything said to people goes to stderr.
 */
export class CliOutput {
  readonly json: boolean
  readonly #streams: Streams
  #written = false

  constructor(json: boolean, streams: Streams = process) {
    this.json = json
    this.#streams = streams
    // Unhandled, the error event of a closed pipe would end the process with a stack; writing reports it (see write).
    streams.stdout.on('error', () => undefined)
    streams.stderr.on('error', () => undefined)
  }

  /** The command's result: `value` as JSON or `text` for people. Throws `disconnected` when nobody reads it any more. */
  async result(value: unknown, text: string): Promise<void> {
    this.#written = true
    await this.#write(this.json ? `${JSON.stringify(value)}\n` : `${text}\n`)
  }

  /** A remark for people while a command runs. */
  say(text: string): void {
    this.#streams.stderr.write(`${text}\n`)
  }

  /** Reports anything thrown by a command and returns the exit code it stands for. */
  async failure(error: unknown): Promise<number> {
    const payload = error instanceof Interrupted ? { code: 'cancelled' as const, message: error.message } : toErrorPayload(error)
    this.say(forPeople(payload))
    if (process.env['WEAKBENCH_DEBUG']) this.say(error instanceof Error ? (error.stack ?? error.message) : String(error))
    if (this.json && !this.#written) {
      const { code, message, hint, field } = payload
      await this.result({ error: { code, message, hint, field } }, '').catch(() => undefined)
    }
    if (error instanceof Interrupted) return 128 + constants.signals[error.signal]
    return payload.code === 'invalid-input' ? exitCodes.usage : exitCodes.failure
  }

  #write(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#streams.stdout.write(text, (error) => {
        if (!error) return resolve()
        const hint = 'What a command computed or changed is stored all the same.'
        reject(new BenchError('disconnected', 'The output was closed before everything was written to it.', { hint }, error))
      })
    })
  }
}

const forPeople = ({ message, hint }: ErrorPayload): string => `Weakbench: ${[message, hint].filter(Boolean).join('\n  ')}`
