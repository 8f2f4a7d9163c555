import { Type, type Batch } from '@uwdata/flechette'

/** Texts of a batch of views may overlap; all of them together stay below this beyond the data itself. */
const overlapAllowed = 2 ** 26

/**
 * Checks that a decoded batch has the data its rows need: validity, values, offsets that rise and stay inside, children long enough. After this
 * every value can be read, and reading all of them costs no more than the data's size. Throws plain `RangeError`s.
 */
export function checkArrowBatch(batch: Batch<unknown>): void {
  const { type, length, values } = batch
  const children: readonly Batch<unknown>[] = childrenOf(batch)
  if (batch.nullCount > 0 && (batch.validity?.length ?? 0) * 8 < length && type.typeId !== Type.Null) throw new RangeError('a column lacks the marks of what is missing')
  switch (type.typeId) {
    case Type.Null: return
    case Type.Bool: return need((values?.length ?? 0) * 8, length)
    case Type.Decimal: return need(values?.length ?? 0, length * (type.bitWidth <= 64 ? 1 : type.bitWidth / 64))
    case Type.FixedSizeBinary: return need(values?.length ?? 0, atLeastOne(type.stride) * length)
    case Type.Utf8:
    case Type.LargeUtf8:
    case Type.Binary:
    case Type.LargeBinary: return checkOffsets(batch, values?.length ?? 0)
    case Type.Utf8View:
    case Type.BinaryView: return checkViews(batch)
    case Type.List:
    case Type.LargeList:
    case Type.Map:
      checkOffsets(batch, children[0]?.length ?? 0)
      return children.forEach(checkArrowBatch)
    case Type.FixedSizeList:
      need(children[0]?.length ?? 0, atLeastOne(type.stride) * length)
      return children.forEach(checkArrowBatch)
    case Type.Struct:
      children.forEach((child) => need(child.length, length))
      return children.forEach(checkArrowBatch)
    default: return need(values?.length ?? 0, length)
  }
}

/** The library leaves them out where a type has none, whatever its declaration says. */
function childrenOf({ children }: { readonly children: readonly Batch<unknown>[] | undefined }): readonly Batch<unknown>[] {
  return children ?? []
}

function atLeastOne(stride: number): number {
  if (!(stride >= 1)) throw new RangeError(`values of ${stride} elements`)
  return stride
}

function need(have: number, wanted: number): void {
  if (have < wanted) throw new RangeError(`a column has data for ${have} of ${wanted} values`)
}

function checkOffsets({ offsets, length }: Batch<unknown>, end: number): void {
  if (length === 0) return
  need((offsets?.length ?? 0) - 1, length)
  let before = 0
  for (let index = 0; index <= length; index++) {
    const offset = Number(offsets?.[index] ?? -1)
    if (offset < before || offset > end) throw new RangeError('the parts of a column overlap or lie outside its data')
    before = offset
  }
}

/** Views are 16 bytes: a length, then up to 12 bytes of text, or a prefix with the number of a data buffer and an offset into it. */
function checkViews(batch: Batch<unknown>): void {
  const { values, length } = batch
  const data: readonly Uint8Array[] = 'data' in batch && Array.isArray(batch.data) ? (batch.data as readonly Uint8Array[]) : []
  need((values?.length ?? 0) / 16, length)
  if (!(values instanceof Uint8Array)) return
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength)
  let total = 0
  for (let index = 0; index < length; index++) {
    const size = view.getInt32(16 * index, true)
    total += size
    if (size < 0) throw new RangeError('a text of negative length')
    if (size <= 12) continue
    const [buffer, offset] = [view.getInt32(16 * index + 8, true), view.getInt32(16 * index + 12, true)]
    if (offset < 0 || offset + size > (data[buffer]?.length ?? 0)) throw new RangeError('a text lies outside its data')
  }
  if (total > 4 * data.reduce((sum, each) => sum + each.length, 0) + 12 * length + overlapAllowed) throw new RangeError('the texts of a column overlap without bound')
}
