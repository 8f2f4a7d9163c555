/** An int32 array as text of the journal. */
export const encodeInt32 = (values: Int32Array): string => Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64')

/** The inverse of `encodeInt32`. */
export const decodeInt32 = (text: string): Int32Array => new Int32Array(new Uint8Array(Buffer.from(text, 'base64')).buffer)
