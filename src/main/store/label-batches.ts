/** Labels of many rows said at once: of `rows`, or of consecutive rows from `start`. */
export interface LabelBatch {
  readonly start: number
  readonly rows: Int32Array | null
  /** Class positions, -1 abstains. */
  readonly labels: Int32Array
}

/** Puts a batch in force in a vector of labels; rows beyond it are left out. */
export function foldLabels(vector: Int32Array, { start, rows, labels }: LabelBatch): void {
  if (rows === null) {
    vector.set(labels.subarray(0, Math.max(0, vector.length - start)), start)
    return
  }
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] ?? -1
    if (row >= 0 && row < vector.length) vector[row] = labels[index] ?? -1
  }
}

/** The bytes of an array as SQLite takes them, not copied. */
export const bytesOf = (array: Int32Array | Float32Array): Buffer => Buffer.from(array.buffer, array.byteOffset, array.byteLength)

// Copied, because the bytes of a Buffer are not promised to be aligned to four.
export const int32Of = (bytes: Buffer): Int32Array => new Int32Array(new Uint8Array(bytes).buffer)
export const float32Of = (bytes: Buffer): Float32Array => new Float32Array(new Uint8Array(bytes).buffer)
