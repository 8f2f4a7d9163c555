export interface Eigen {
  /** Descending. */
  readonly values: Float64Array
  /** Row i is the eigenvector of value i, of length 1, its largest component positive. */
  readonly vectors: Float64Array
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's cyclic rotations, O(size^3) a sweep, a handful of sweeps: for
 * matrices up to a few hundred rows, to about 1e-13 of the largest entry.
 *
 * @param matrix size x size, row-major; its upper triangle is read
 */
export function symmetricEigen(matrix: Float64Array, size: number): Eigen {
  const a = Float64Array.from(matrix)
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) a[i * size + j] = a[j * size + i] as number
  const v = new Float64Array(size * size)
  for (let i = 0; i < size; i++) v[i * size + i] = 1
  const scale = a.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  for (let sweep = 0; sweep < 60 && largestOffDiagonal(a, size) > 1e-13 * scale; sweep++) {
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(a, v, size, p, q)
  }
  return sorted(a, v, size)
}

/** Makes a_pq zero by a rotation in the plane of p and q, which is added to the vectors. */
function rotate(a: Float64Array, v: Float64Array, size: number, p: number, q: number): void {
  const off = a[p * size + q] as number
  if (off === 0) return
  const theta = ((a[q * size + q] as number) - (a[p * size + p] as number)) / (2 * off)
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const cosine = 1 / Math.sqrt(tangent * tangent + 1)
  const sine = tangent * cosine
  for (let k = 0; k < size; k++) turn(a, p * size + k, q * size + k, cosine, sine)
  for (let k = 0; k < size; k++) turn(a, k * size + p, k * size + q, cosine, sine)
  for (let k = 0; k < size; k++) turn(v, p * size + k, q * size + k, cosine, sine)
}

function turn(x: Float64Array, i: number, j: number, cosine: number, sine: number): void {
  const a = x[i] as number
  const b = x[j] as number
  x[i] = cosine * a - sine * b
  x[j] = sine * a + cosine * b
}

function largestOffDiagonal(a: Float64Array, size: number): number {
  let largest = 0
  for (let i = 0; i < size; i++) for (let j = i + 1; j < size; j++) largest = Math.max(largest, Math.abs(a[i * size + j] as number))
  return largest
}

function sorted(a: Float64Array, v: Float64Array, size: number): Eigen {
  const diagonal = Float64Array.from({ length: size }, (_, i) => a[i * size + i] as number)
  const order = Array.from(diagonal.keys()).sort((i, j) => (diagonal[j] as number) - (diagonal[i] as number))
  const vectors = new Float64Array(size * size)
  order.forEach((from, to) => vectors.set(pointedUp(v.subarray(from * size, (from + 1) * size)), to * size))
  return { values: Float64Array.from(order, (i) => diagonal[i] as number), vectors }
}

/** The vector or its opposite, whichever has a positive largest component. */
export function pointedUp(vector: Float64Array): Float64Array {
  let largest = 0
  vector.forEach((value, i) => {
    if (Math.abs(value) > Math.abs(vector[largest] as number)) largest = i
  })
  return (vector[largest] as number) < 0 ? vector.map((value) => -value) : vector
}
