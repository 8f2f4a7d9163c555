/** The nearest candidates of every row so far: `room` places a row, nearest first. */
export class NearestLists {
  readonly room: number
  /** Row of each candidate, or -1. */
  readonly rows: Int32Array
  /** Values of the candidates, Infinity where there is none. */
  readonly values: Float64Array
  /** The value below which a candidate is taken, a row. */
  readonly limits: Float64Array

  constructor(count: number, room: number) {
    this.room = room
    this.rows = new Int32Array(count * room).fill(-1)
    this.values = new Float64Array(count * room).fill(Infinity)
    this.limits = new Float64Array(count).fill(Infinity)
  }

  /** Takes in a candidate that is below the row's limit; of equal ones, those that came earlier stay in front. */
  insert(row: number, candidate: number, value: number): void {
    const { room, rows, values } = this
    const first = row * room
    let at = first + room - 1
    while (at > first && (values[at - 1] as number) > value) {
      values[at] = values[at - 1] as number
      rows[at] = rows[at - 1] as number
      at--
    }
    values[at] = value
    rows[at] = candidate
    this.limits[row] = values[first + room - 1] as number
  }
}
