/** Least length of a stretch of rounds that is timed as one, about a step of training, whose rounds differ: in count and milliseconds. */
const [leastRounds, leastTime] = [32, 20]
/** A round by several threads has to be this much faster. */
const worthwhile = 0.95
/** For how many stretches a way is kept before the other is tried: so many, and twice as many each time that changes nothing. */
const kept = { together: { least: 4, most: 64 }, alone: { least: 2, most: 16 } }

type Way = keyof typeof kept

/**
 * Whether several threads are faster than one here and now, found by trying both. Where other programs keep the cores busy they
 * are not: main would wait for threads that have no core, or share its own with them.
 */
export class Gain {
  #way: Way = 'together'
  #isTrial = false
  #keep = kept.together.least
  #left = this.#keep
  #rounds = 0
  #time = 0
  readonly #mean: Record<Way, number> = { together: 0, alone: Infinity }

  /** How the next round is to be done. */
  get together(): boolean {
    return this.#way === 'together'
  }

  /** Takes note of how long a round took that way, in milliseconds. */
  learn(time: number): void {
    this.#rounds++
    this.#time += time
    if (this.#rounds < leastRounds || this.#time < leastTime) return
    this.#mean[this.#way] = this.#time / this.#rounds
    this.#rounds = this.#time = 0
    this.#left--
    if (this.#isTrial) this.#choose()
    else if (this.#left <= 0) this.#try()
  }

  #try(): void {
    this.#isTrial = true
    this.#way = otherOf(this.#way)
  }

  #choose(): void {
    const faster: Way = this.#mean.together < this.#mean.alone * worthwhile ? 'together' : 'alone'
    const { least, most } = kept[faster]
    this.#keep = faster === this.#way ? least : Math.min(most, 2 * this.#keep)
    this.#isTrial = false
    this.#way = faster
    this.#left = this.#keep
  }
}

const otherOf = (way: Way): Way => (way === 'alone' ? 'together' : 'alone')
