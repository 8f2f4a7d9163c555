import type { ExportFormat } from '../../../shared/domain/export.ts'

/** Characters of a name in a file at most; what is longer is cut, and the sidecar keeps the whole. */
const longestName = 200

/** Name of the array that holds all features of an NPZ. */
export const featureArray = 'X'

/**
 * Names for the columns of a file that every reader gives back as they are: without spaces at their ends, none empty, none twice, and in an
 * NPZ, whose arrays are files of an archive, none that is a path.
 */
export function fileNames(names: readonly string[], format: ExportFormat): string[] {
  const taken = new Set<string>(format === 'npz' ? [featureArray] : [])
  return names.map((name, index) => {
    const wanted = safeName(name, format) || `column ${index + 1}`
    let candidate = wanted
    for (let number = 2; taken.has(candidate); number++) candidate = `${wanted} (${number})`
    taken.add(candidate)
    return candidate
  })
}

function safeName(name: string, format: ExportFormat): string {
  const text = (format === 'npz' ? name.replace(/[\\/:]/g, '_') : name).toWellFormed().replaceAll('\0', ' ').trim()
  return text.length <= longestName ? text : text.slice(0, longestName).toWellFormed().trim()
}
