/** The numbers of a final release such as `12.9.1`; undefined for pre-releases and anything else, which the setup never takes. */
export function release(text) {
  return /^\d+(\.\d+)*$/.test(text) ? text.split('.').map(Number) : undefined
}

/** Orders two release versions, missing parts counting as zero: negative when `a` is older. */
export function compare(a, b) {
  const [left, right] = [release(a) ?? [], release(b) ?? []]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

const holds = {
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '>=': (order) => order >= 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '<': (order) => order < 0
}

/** Whether a release satisfies a specifier such as `<13.0,>=12.5.3.2` (PEP 440 without wildcards and `~=`). */
export function satisfies(version, specifier) {
  if (release(version) === undefined) return false
  return specifier
    .split(',')
    .filter((clause) => clause.trim() !== '')
    .every((clause) => {
      const [, operator, wanted] = /^\s*(==|!=|>=|<=|>|<)\s*(\d+(?:\.\d+)*)\s*$/.exec(clause) ?? []
      if (operator === undefined) throw new Error(`The version specifier "${clause}" is not understood.`)
      return holds[operator](compare(version, wanted))
    })
}

/**
 * The packages that a wheel's METADATA names for one extra: `[{ name, specifier }]`.
 * Lines look like `Requires-Dist: nvidia-cudnn-cu12<10.0,>=9.3.0.75; extra == "and-cuda"`.
 */
export function requirementsOf(metadata, extra) {
  const pattern = /^Requires-Dist:\s*([A-Za-z0-9._-]+)\s*\(?([^;)]*)\)?\s*;\s*extra\s*==\s*["']([^"']+)["']\s*$/
  return metadata.split(/\r?\n/).flatMap((line) => {
    const [, name, specifier, of] = pattern.exec(line) ?? []
    return of === extra ? [{ name, specifier: specifier.trim() }] : []
  })
}
