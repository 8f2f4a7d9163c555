import { onBeforeUnmount, onMounted, shallowRef, type ShallowRef } from 'vue'

export interface ChartPointer {
  /** Where the pointer is, in the element's own pixels, or null outside. */
  readonly at: ShallowRef<{ readonly x: number; readonly y: number } | null>
  /** The stretch being dragged for a zoom, left and right in pixels, or null. */
  readonly drag: ShallowRef<readonly [number, number] | null>
}

const leastDrag = 6

/** Hover, click, drag along x and double click on a chart. The keyboard reaches the same by the tables and commands beside it. */
export function useChartPointer(
  host: Readonly<ShallowRef<HTMLElement | null>>,
  act: {
    readonly click: (x: number, y: number, additive: boolean) => void
    readonly zoom: (left: number, right: number) => void
    readonly reset: () => void
  }
): ChartPointer {
  const at = shallowRef<{ readonly x: number; readonly y: number } | null>(null)
  const drag = shallowRef<readonly [number, number] | null>(null)
  const controller = new AbortController()
  let from: number | null = null

  const place = (event: MouseEvent): { readonly x: number; readonly y: number } => {
    const box = host.value?.getBoundingClientRect()
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) }
  }
  const onMove = (event: PointerEvent): void => {
    at.value = place(event)
    if (from === null) return
    const { x } = at.value
    drag.value = Math.abs(x - from) < leastDrag ? null : [Math.min(from, x), Math.max(from, x)]
  }
  const onUp = (event: PointerEvent): void => {
    if (from === null) return
    const { x, y } = place(event)
    if (drag.value === null) act.click(x, y, event.ctrlKey || event.metaKey || event.shiftKey)
    else act.zoom(...drag.value)
    from = null
    drag.value = null
  }

  onMounted(() => {
    const element = host.value
    if (element === null) return
    const { signal } = controller
    element.addEventListener('pointermove', onMove, { signal })
    element.addEventListener('pointerleave', () => { if (from === null) at.value = null }, { signal })
    element.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return
      from = place(event).x
      element.setPointerCapture(event.pointerId)
    }, { signal })
    element.addEventListener('pointerup', onUp, { signal })
    element.addEventListener('pointercancel', () => {
      from = null
      drag.value = null
    }, { signal })
    element.addEventListener('dblclick', () => act.reset(), { signal })
  })
  onBeforeUnmount(() => controller.abort())
  return { at, drag }
}
