import type { EventMessage, Events, Topic } from '../../shared/contract/index.ts'
import { EventBatch } from './event-batch.ts'

/** Shortest time between two deliveries to one subscriber, in milliseconds: 20 a second. */
export const deliveryInterval = 50

export type EventListener = (events: readonly EventMessage[]) => void

/** Where the core publishes and hosts subscribe. Events are coalesced for each subscriber (see EventBatch). */
export class EventHub {
  readonly #subscribers = new Set<Subscriber>()

  /** Hands an event to every subscriber; returns at once, delivery follows within `deliveryInterval`. */
  publish<T extends Topic>(topic: T, payload: Events[T]): void {
    // Topic and payload belong together by the signature; the compiler does not distribute over T.
    const message = { topic, payload } as unknown as EventMessage
    for (const subscriber of this.#subscribers) subscriber.add(message)
  }

  /** Delivers everything published from now on; returns the function that ends it (what is pending is then dropped). */
  subscribe(listener: EventListener): () => void {
    const subscriber = new Subscriber(listener)
    this.#subscribers.add(subscriber)
    return () => {
      this.#subscribers.delete(subscriber)
      subscriber.stop()
    }
  }

  /** Delivers what is pending now, whatever the interval; for moments after which nothing may follow. */
  flush(): void {
    for (const subscriber of this.#subscribers) subscriber.deliver()
  }

  /** Delivers what is pending and forgets every subscriber. */
  close(): void {
    this.flush()
    for (const subscriber of this.#subscribers) subscriber.stop()
    this.#subscribers.clear()
  }
}

class Subscriber {
  readonly #listener: EventListener
  readonly #batch = new EventBatch()
  #timer: NodeJS.Timeout | undefined
  #last = -Infinity

  constructor(listener: EventListener) {
    this.#listener = listener
  }

  add(message: EventMessage): void {
    this.#batch.add(message)
    // After a quiet time the wait is zero, yet a timer: what is published in the same turn goes out together.
    this.#timer ??= setTimeout(() => this.deliver(), Math.max(0, this.#last + deliveryInterval - performance.now()))
  }

  deliver(): void {
    this.stop()
    if (this.#batch.isEmpty) return
    this.#last = performance.now()
    try {
      this.#listener(this.#batch.take())
    } catch (error) {
      // A window that fails to take its events must not fail the core or other windows.
      console.error('Weakbench: an event listener failed:', error)
    }
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
