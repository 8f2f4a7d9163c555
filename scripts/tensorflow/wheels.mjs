import { compare, release, satisfies } from './versions.mjs'

const legacy = { manylinux1: [2, 5], manylinux2010: [2, 12], manylinux2014: [2, 17] }
const machines = { linux: { x64: 'x86_64', arm64: 'aarch64' }, darwin: { x64: 'x86_64', arm64: 'arm64' }, win32: { x64: 'amd64' } }

/** The parts of a wheel's file name (PEP 427), or undefined: `{ version, python, platforms }`. */
export function parseWheelName(filename) {
  const parts = filename.endsWith('.whl') ? filename.slice(0, -4).split('-') : []
  if (parts.length !== 5 && parts.length !== 6) return undefined
  const [python, , platform] = parts.slice(-3)
  return { version: parts[1], python, platforms: platform.split('.') }
}

/**
 * Whether a platform tag runs here.
 *
 * @param host `{ platform, arch, libc }`: Node's names, and glibc's version (`2.36`) on Linux or macOS's (`14.5`) on a Mac
 */
export function runsOn(tag, { platform, arch, libc }) {
  const machine = machines[platform]?.[arch]
  if (machine === undefined) return false
  if (platform === 'win32') return tag === `win_${machine}`
  const needed = neededLibc(tag, platform, machine)
  return needed !== undefined && libc !== undefined && compare(libc, needed.join('.')) >= 0
}

function neededLibc(tag, platform, machine) {
  const [, kind, major, minor, of] = /^(manylinux|macosx)_(\d+)_(\d+)_(\w+)$/.exec(tag) ?? []
  const fits = of === machine || (platform === 'darwin' && of === 'universal2')
  if (kind === (platform === 'darwin' ? 'macosx' : 'manylinux')) return fits ? [Number(major), Number(minor)] : undefined
  const [, name, rest] = /^(manylinux1|manylinux2010|manylinux2014)_(\w+)$/.exec(tag) ?? []
  return platform === 'linux' && rest === machine ? legacy[name] : undefined
}

/**
 * The wheel to take: of the newest final version that satisfies the specifier, the one for this platform; the Python it was
 * made for does not matter to the libraries inside, so the newest is taken.
 *
 * @param files of the package index: `{ filename, url, sha256, size, yanked }`
 * @returns the file with its `version`, or undefined when none fits
 */
export function chooseWheel(files, host, specifier = '') {
  const fitting = files.flatMap((file) => {
    const wheel = file.yanked ? undefined : parseWheelName(file.filename)
    const fits = wheel && release(wheel.version) && satisfies(wheel.version, specifier) && wheel.platforms.some((tag) => runsOn(tag, host))
    return fits ? [{ ...file, version: wheel.version, python: pythonOf(wheel.python) }] : []
  })
  const [best] = fitting.sort((a, b) => compare(b.version, a.version) || b.python - a.python)
  return best
}

/** `cp312` -> 312, so that cp39 comes before cp310; `py3` -> 300. */
function pythonOf(tag) {
  const [, major, minor] = /^(?:cp|py)(\d)(\d*)/.exec(tag) ?? ['', '0', '0']
  return Number(major) * 100 + Number(minor || 0)
}
