import type { Readable } from 'node:stream'

const keptCharacters = 8000

/** Keeps the end of a process's stdout and stderr, whole lines where possible. */
export class ProcessOutput {
  #text = ''

  /** Reads a stream until it ends; also keeps the process from blocking on a full pipe. */
  follow(stream: Readable | null): void {
    stream?.setEncoding('utf8').on('data', (chunk: string) => this.append(chunk))
    stream?.on('error', () => undefined)
  }

  append(text: string): void {
    this.#text = (this.#text + text).slice(-2 * keptCharacters)
  }

  /** The last lines, at most 8000 characters. */
  last(): string {
    const tail = this.#text.slice(-keptCharacters)
    const cut = this.#text.length > keptCharacters ? tail.slice(tail.indexOf('\n') + 1) : tail
    return cut.trim()
  }
}
