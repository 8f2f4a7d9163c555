import type { FunctionBatch, FunctionContext } from '../compiled-function.ts'

/** Six messages with a price, three of them with something missing, for the tests of labeling functions. */
export const messages: FunctionBatch = {
  rows: Int32Array.from([10, 11, 12, 13, 14, 15]),
  columns: {
    body: ['Get FREE money now', 'Lunch at noon?', null, 'free\nmoney, free advice', 'Invoice attached', ''],
    subject: ['Hello', 'Re: lunch', 'MONEY', null, 'Re: invoice', 'ok'],
    price: Float64Array.from([5, Number.NaN, 20, -3, 100, 0])
  }
}

export const messageContext: FunctionContext = {
  classes: ['ham', 'spam', '7'],
  columns: [
    { name: 'body', type: 'text' },
    { name: 'subject', type: 'text' },
    { name: 'price', type: 'number' }
  ]
}
