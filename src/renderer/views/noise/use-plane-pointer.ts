import { onBeforeUnmount, onMounted, shallowRef, type ShallowRef } from 'vue'
import { boxPolygon, type Polygon } from './lasso.ts'

export const planeTools = ['pan', 'lasso', 'box'] as const
export type PlaneTool = (typeof planeTools)[number]

interface Spot {
  readonly x: number
  readonly y: number
}

/** Pixels a press may move and still be a click. */
const leastDrag = 4

/** Pan, wheel, click and drawing around on a plane, in CSS pixels of the element. Shift draws around whatever the tool. */
export function usePlanePointer(
  host: Readonly<ShallowRef<HTMLElement | null>>,
  act: {
    readonly tool: () => PlaneTool
    readonly pan: (dx: number, dy: number) => void
    readonly zoom: (x: number, y: number, factor: number) => void
    readonly click: (spot: Spot, event: PointerEvent) => void
    readonly around: (polygon: Polygon, add: boolean) => void
    readonly fit: () => void
  }
): { readonly at: ShallowRef<Spot | null>; readonly outline: ShallowRef<Polygon | null>; readonly dragging: ShallowRef<boolean> } {
  const at = shallowRef<Spot | null>(null)
  const outline = shallowRef<Polygon | null>(null)
  const dragging = shallowRef(false)
  const controller = new AbortController()
  let from: Spot | null = null
  let last: Spot = { x: 0, y: 0 }
  let drawn: number[] = []
  let kind: PlaneTool = 'pan'

  const spotOf = (event: MouseEvent): Spot => {
    const box = host.value?.getBoundingClientRect()
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) }
  }
  function onDown(event: PointerEvent): void {
    if (event.button !== 0) return
    from = last = spotOf(event)
    drawn = [from.x, from.y]
    kind = event.shiftKey && act.tool() === 'pan' ? 'lasso' : act.tool()
    host.value?.setPointerCapture(event.pointerId)
  }
  function onMove(event: PointerEvent): void {
    const spot = spotOf(event)
    at.value = spot
    if (from === null) return
    if (!dragging.value && Math.hypot(spot.x - from.x, spot.y - from.y) < leastDrag) return
    dragging.value = true
    if (kind === 'pan') act.pan(spot.x - last.x, spot.y - last.y)
    else if (kind === 'box') outline.value = boxPolygon(from.x, from.y, spot.x, spot.y)
    else {
      drawn.push(spot.x, spot.y)
      outline.value = [...drawn]
    }
    last = spot
  }
  function end(): void {
    from = null
    outline.value = null
    dragging.value = false
  }
  function onUp(event: PointerEvent): void {
    if (from === null) return
    const polygon = outline.value
    if (!dragging.value) act.click(spotOf(event), event)
    else if (kind !== 'pan' && polygon !== null) act.around(polygon, event.ctrlKey || event.metaKey)
    end()
  }
  function onWheel(event: WheelEvent): void {
    event.preventDefault()
    const { x, y } = spotOf(event)
    act.zoom(x, y, Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0016)))
  }

  onMounted(() => {
    const { signal } = controller
    const element = host.value
    if (element === null) return
    element.addEventListener('pointerdown', onDown, { signal })
    element.addEventListener('pointermove', onMove, { signal })
    element.addEventListener('pointerup', onUp, { signal })
    element.addEventListener('pointercancel', end, { signal })
    element.addEventListener('pointerleave', () => { if (from === null) at.value = null }, { signal })
    element.addEventListener('dblclick', () => act.fit(), { signal })
    element.addEventListener('wheel', onWheel, { signal, passive: false })
  })
  onBeforeUnmount(() => controller.abort())
  return { at, outline, dragging }
}
