/** Tallest element that browsers lay out exactly; they cut off somewhere between 16 and 33 million pixels. */
export const tallestSpace = 12_000_000

export interface ScrollSize {
  readonly count: number
  readonly rowHeight: number
  /** Height of what is visible, in pixels. */
  readonly viewport: number
}

/**
 * Maps the position of a scroll bar to rows of a list that may be taller than any element. Small movements (wheel, keys) go pixel by
 * pixel; jumps of more than a viewport (dragging the bar) are scaled. What drifts apart by that is put right by `settle` at rest.
 */
export class ScrollMap {
  #size: ScrollSize = { count: 0, rowHeight: 1, viewport: 0 }
  #scrollTop = 0
  /** Pixels from the top of the list to the top of the viewport. */
  #top = 0
  readonly #tallest: number

  constructor(tallest = tallestSpace) {
    this.#tallest = tallest
  }

  /** Height of the whole list. */
  get total(): number {
    return this.#size.count * this.#size.rowHeight
  }
  /** Height of the element that is scrolled. */
  get space(): number {
    return Math.min(this.#tallest, this.total)
  }
  get top(): number {
    return this.#top
  }
  /** What is added to a row's place in the list to get its place in the scrolled element. */
  get shift(): number {
    return this.#scrollTop - this.#top
  }

  resize(size: ScrollSize): void {
    this.#size = size
    this.#top = Math.min(this.#top, this.#last)
    this.#scrollTop = Math.min(this.#scrollTop, Math.max(0, this.space - size.viewport))
    if (this.space === this.total) this.#top = this.#scrollTop
  }

  /** Takes in where the scroll bar went. */
  scrolled(scrollTop: number): void {
    const moved = scrollTop - this.#scrollTop
    const scaled = this.#scaled(scrollTop)
    const atEdge = scrollTop <= 0 || scrollTop >= this.space - this.#size.viewport
    this.#top = atEdge || Math.abs(moved) > this.#size.viewport ? scaled : Math.min(this.#last, Math.max(0, this.#top + moved))
    this.#scrollTop = scrollTop
  }

  /** Goes to a place in the list; returns where the scroll bar has to be. */
  goTo(top: number): number {
    this.#top = Math.min(this.#last, Math.max(0, top))
    const range = this.space - this.#size.viewport
    this.#scrollTop = this.space === this.total ? this.#top : range <= 0 || this.#last <= 0 ? 0 : (this.#top / this.#last) * range
    return this.#scrollTop
  }

  /** Where the scroll bar has to be so that it says where in the list one is; null where it says so already. */
  settle(): number | null {
    const before = this.#scrollTop
    const after = this.goTo(this.#top)
    return Math.abs(after - before) < 1 ? null : after
  }

  /** Rows in view, both included, with some more on either side. */
  rows(overscan: number): { readonly first: number; readonly last: number } {
    const { count, rowHeight, viewport } = this.#size
    return {
      first: Math.max(0, Math.min(count - 1, Math.floor(this.#top / rowHeight)) - overscan),
      last: Math.min(count - 1, Math.ceil((this.#top + viewport) / rowHeight) + overscan)
    }
  }

  /** The place to go to so that a row is whole in view; null where it is already. */
  reveal(row: number): number | null {
    const { rowHeight, viewport } = this.#size
    const start = row * rowHeight
    if (start < this.#top) return start
    return start + rowHeight > this.#top + viewport ? start + rowHeight - viewport : null
  }

  get #last(): number {
    return Math.max(0, this.total - this.#size.viewport)
  }
  #scaled(scrollTop: number): number {
    const range = this.space - this.#size.viewport
    if (this.space === this.total) return Math.min(this.#last, Math.max(0, scrollTop))
    return range <= 0 ? 0 : Math.min(1, Math.max(0, scrollTop / range)) * this.#last
  }
}
