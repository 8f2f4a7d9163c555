import { onBeforeUnmount, onMounted, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { ScrollMap } from './scroll-map.ts'

/** The rows to draw, and how far down in the scrolled element the first of them is. */
export interface RowWindow {
  readonly first: number
  readonly last: number
  readonly top: number
  /** Height of the scrolled element. */
  readonly space: number
}

/** Time without scrolling after which the scroll bar is put right, in milliseconds. */
const restTime = 160

/**
 * Which rows of equal height are in view of a scrolled box, for lists of any length. `covered` pixels at its top belong to a header
 * that stays. `sizes` is told the width of the box, on which the number of rows may depend.
 */
export function useRowWindow(
  box: Readonly<ShallowRef<HTMLElement | null>>,
  sizes: (width: number) => { readonly count: number; readonly rowHeight: number; readonly covered: number },
  overscan = 8
): { readonly rows: Readonly<Ref<RowWindow>>; readonly width: Readonly<Ref<number>>; readonly rowsInView: () => number; readonly reveal: (row: number) => void } {
  const map = new ScrollMap()
  const rows = shallowRef<RowWindow>({ first: 0, last: -1, top: 0, space: 0 })
  const width = shallowRef(0)
  let viewport = 0
  let rest: ReturnType<typeof setTimeout> | undefined

  function update(): void {
    const { rowHeight } = sizes(width.value)
    const { first, last } = map.rows(overscan)
    const top = Math.round(first * rowHeight + map.shift)
    const before = rows.value
    if (before.first !== first || before.last !== last || before.top !== top || before.space !== map.space) rows.value = { first, last, top, space: map.space }
  }
  function measure(): void {
    width.value = box.value?.clientWidth ?? 0
    const { count, rowHeight, covered } = sizes(width.value)
    viewport = Math.max(rowHeight, (box.value?.clientHeight ?? 0) - covered)
    map.resize({ count, rowHeight, viewport })
    update()
  }
  function place(scrollTop: number): void {
    update()
    // The element may have grown in this very step: its height has to be there before it can be scrolled so far.
    requestAnimationFrame(() => { if (box.value !== null) box.value.scrollTop = scrollTop })
  }
  function onScroll(): void {
    if (box.value === null) return
    map.scrolled(box.value.scrollTop)
    update()
    clearTimeout(rest)
    rest = setTimeout(() => {
      const settled = map.settle()
      if (settled !== null) place(settled)
    }, restTime)
  }
  function reveal(row: number): void {
    const top = map.reveal(row)
    if (top !== null) place(map.goTo(top))
  }

  const observer = new ResizeObserver(measure)
  onMounted(() => {
    if (box.value === null) return
    observer.observe(box.value)
    box.value.addEventListener('scroll', onScroll, { passive: true })
    measure()
  })
  onBeforeUnmount(() => {
    observer.disconnect()
    box.value?.removeEventListener('scroll', onScroll)
    clearTimeout(rest)
  })
  watch(() => Object.values(sizes(width.value)).join(), measure)

  return { rows, width, rowsInView: () => Math.max(1, Math.floor(viewport / sizes(width.value).rowHeight)), reveal }
}
