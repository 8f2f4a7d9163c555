import * as tf from '@tensorflow/tfjs-core'
import { useEngine, listEngines } from './compute/engine.ts'
import { stream } from './learn/random.ts'
import { denseClassifier } from './learn/models/dense.ts'
import { crossEntropy } from './learn/losses.ts'
import { adam } from './learn/optimizers.ts'
import { startTraining, trainStep, valueAndGradients } from './learn/train.ts'
import { batches, gatherRows } from './learn/loader.ts'
console.log((await useEngine('auto')).describe(), process.listenerCount('uncaughtException'))
console.table(await listEngines())
const s = stream(1)
const data = s.child('x').normals(1000 * 196), y = Int32Array.from({ length: 1000 }, () => s.integer(10))
const model = denseClassifier(196, [128, 128], 10)
let state = startTraining(model.init(s.child('init')), adam())
const loader = batches({ count: 1000, batchSize: 64, shuffle: s.child('loader'), dropLast: true })
let parts = { gather: 0, grad: 0, up: 0 }
const run = (n: number, from: number) => { let last = 0
  for (let i = from; i < from + n; i++) {
    const rows = loader.at(i).rows
    const x = gatherRows({ data, shape: [1000, 196] }, rows), t = gatherRows({ data: y, shape: [1000] }, rows) as tf.Tensor1D
    const r = trainStep(state, (p) => crossEntropy(model.apply(p, x) as tf.Tensor2D, t), { optimizer: adam(), learningRate: 1e-3 })
    state = r.state; last = r.loss
    tf.dispose([x, t])
  } return last }
run(100, 0)
const n0 = tf.memory().numTensors
const t0 = performance.now(); const l = run(500, 100)
console.log('ms/step', (performance.now() - t0) / 500, l, tf.memory().numTensors - n0)
// split
const rows = loader.at(0).rows
const x = gatherRows({ data, shape: [1000, 196] }, rows), t = gatherRows({ data: y, shape: [1000] }, rows) as tf.Tensor1D
const time = (name: string, f: () => void, n = 300) => { for (let i = 0; i < 30; i++) f(); const s = performance.now(); for (let i = 0; i < n; i++) f(); console.log(name, ((performance.now() - s) / n).toFixed(4)) }
time('gather', () => tf.dispose(gatherRows({ data, shape: [1000, 196] }, rows)))
time('forward', () => tf.tidy(() => { model.apply(state.params, x) }))
time('forward+loss', () => tf.tidy(() => { crossEntropy(model.apply(state.params, x) as tf.Tensor2D, t) }))
time('grad', () => tf.tidy(() => { valueAndGradients((p) => crossEntropy(model.apply(p, x) as tf.Tensor2D, t), state.params) }))
const { gradients } = valueAndGradients((p) => crossEntropy(model.apply(p, x) as tf.Tensor2D, t), state.params)
time('adam', () => { const u = adam().update(state.params, gradients, state.optimizer, 1e-3); state = { params: u.params, optimizer: u.state, step: 0 } })
const w = state.params['body/0/kernel'] as tf.Tensor2D
const dy = tf.randomNormal([64,128]) as tf.Tensor2D
time('mm xw', () => tf.dispose(tf.matMul(x as tf.Tensor2D, w)))
time('mm xTdy', () => tf.dispose(tf.matMul(x as tf.Tensor2D, dy, true)))
time('mm dywT', () => tf.dispose(tf.matMul(dy, w, false, true)))
time('mm fused', () => tf.dispose(tf.fused.matMul({ a: x as tf.Tensor2D, b: w, bias: state.params['body/0/bias']!})))
