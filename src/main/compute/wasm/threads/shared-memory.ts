const memoryImport = 2
const sections = { import: 2, memory: 5 }
/** Flags of a memory's limits: with a maximum; with a maximum and shared. */
const [bounded, shared] = [1, 3]

/**
 * A copy of a WebAssembly module whose memory, its own or imported, is shared between threads. Only the flag of the memory's
 * limits differs: instructions are the same for both kinds of memory.
 *
 * @throws Error when the module has no memory with a maximum, which a shared one needs
 */
export function withSharedMemory(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(module)
  const flag = flagOfMemory(new Reader(copy))
  if (flag === null || copy[flag] !== bounded) throw new Error('The module has no memory with a maximum.')
  copy[flag] = shared
  return copy
}

/** Where the flag is. */
function flagOfMemory(reader: Reader): number | null {
  reader.at = 8
  while (!reader.isAtEnd) {
    const id = reader.byte()
    const end = reader.number() + reader.at
    if (id === sections.memory && reader.number() > 0) return reader.at
    if (id === sections.import) {
      const flag = importedMemory(reader)
      if (flag !== null) return flag
    }
    reader.at = end
  }
  return null
}

function importedMemory(reader: Reader): number | null {
  for (let left = reader.number(); left > 0; left--) {
    reader.skip(reader.number())
    reader.skip(reader.number())
    const kind = reader.byte()
    if (kind === memoryImport) return reader.at
    if (kind === 0) reader.number()
    // The limits of a table are not read: a module that imports one is not among those there are.
    else if (kind === 3) reader.skip(2)
    else return null
  }
  return null
}

class Reader {
  at = 0
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.at >= this.#bytes.length
  }

  byte(): number {
    return this.#bytes[this.at++] ?? 0
  }

  skip(count: number): void {
    this.at += count
  }

  /** An unsigned number in LEB128. */
  number(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte()
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
  }
}
