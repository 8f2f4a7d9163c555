import { Presets, SingleBar } from 'cli-progress'
import { say } from '../launch/progress.mjs'

const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`

/** A bar on stderr that counts bytes: drawn in a terminal, a line every tenth elsewhere. */
export function byteBar(title) {
  return process.stderr.isTTY ? drawn(title) : lines(title)
}

function drawn(title) {
  const bar = new SingleBar({ format: `${title} {bar} {percentage}% of {size}, {eta_formatted} left`, stream: process.stderr, etaBuffer: 100, hideCursor: true }, Presets.shades_classic)
  let begun = false
  return {
    update(done, total) {
      if (begun) bar.update(done)
      else bar.start(total || 1, done, { size: megabytes(total) })
      begun = true
    },
    end: () => begun && bar.stop()
  }
}

function lines(title) {
  let told = -1
  return {
    update(done, total) {
      const tenth = Math.floor((10 * done) / (total || 1))
      if (tenth > told) say(`${title}: ${tenth * 10}% of ${megabytes(total)}`)
      told = Math.max(told, tenth)
    },
    end: () => {}
  }
}
