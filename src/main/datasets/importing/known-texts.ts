const slots = 1024

interface Known {
  readonly bytes: Uint8Array
  readonly code: number
}

/** Codes of texts by their bytes: a class name that comes again and again is not made a string of each time. Forgets at will. */
export class KnownTexts {
  readonly #known: (Known | undefined)[] = new Array<Known | undefined>(slots)

  /** The code of the bytes from `start` up to `end`, undefined where it is not known. */
  code(bytes: Uint8Array, start: number, end: number): number | undefined {
    const known = this.#known[slotOf(bytes, start, end)]
    if (known?.bytes.length !== end - start) return undefined
    for (let at = start; at < end; at++) if (known.bytes[at - start] !== bytes[at]) return undefined
    return known.code
  }

  keep(bytes: Uint8Array, start: number, end: number, code: number): void {
    this.#known[slotOf(bytes, start, end)] = { bytes: Uint8Array.from(bytes.subarray(start, end)), code }
  }
}

function slotOf(bytes: Uint8Array, start: number, end: number): number {
  if (start === end) return 0
  const ends = Math.imul(bytes[start] as number, 31) + (bytes[end - 1] as number) * 7 + (bytes[(start + end) >> 1] as number)
  return (ends + (end - start)) & (slots - 1)
}
