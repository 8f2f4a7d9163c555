import { BenchError, toErrorPayload } from '../../shared/contract/errors.ts'
import { type Bench, openBench } from '../store/bench.ts'
import type { FromTaskWorker, ToWorker } from './protocol.ts'
import { taskKinds } from './tasks.ts'

type TaskOrder = Extract<ToWorker, { type: 'task' }>

/** The worker's side of the task desk: answers one question after the other, with the bench file kept open in between. */
export function taskServer(send: (message: FromTaskWorker) => void): (order: TaskOrder) => void {
  let queue = Promise.resolve()
  let opened: Bench | undefined
  const benchOf = (path: string): Bench => {
    if (opened?.path !== path) {
      opened?.close()
      opened = openBench(path, { readOnly: true })
    }
    return opened
  }
  return (order) => {
    queue = queue.then(async () => {
      try {
        const load = taskKinds[order.kind]
        if (load === undefined) throw new BenchError('internal', `There is no task named ${order.kind}.`)
        const work = await load()
        send({ id: order.id, value: await work(order.input, benchOf(order.benchPath)) })
      } catch (error) {
        send({ id: order.id, error: toErrorPayload(error) })
      }
    })
  }
}
