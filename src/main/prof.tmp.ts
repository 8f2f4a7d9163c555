import * as tf from '@tensorflow/tfjs-core'
import { useEngine } from './compute/engine.ts'
import { stream } from './learn/random.ts'
import { denseClassifier } from './learn/models/dense.ts'
import { crossEntropy } from './learn/losses.ts'
import { valueAndGradients } from './learn/train.ts'
await useEngine('auto')
const s = stream(1)
const model = denseClassifier(196, [128, 128], 10)
const params = model.init(s.child('init'))
const x = tf.tensor2d(s.normals(64*196), [64,196]), t = tf.tensor1d(Int32Array.from({length:64}, () => s.integer(10)), 'int32')
const f = () => tf.tidy(() => { valueAndGradients((p) => crossEntropy(model.apply(p, x) as tf.Tensor2D, t), params) })
for (let i = 0; i < 200; i++) f()
const acc = new Map<string, [number, number]>()
const reg = tf.getKernelsForBackend('wasm')
for (const k of reg) { const orig = k.kernelFunc; k.kernelFunc = (a) => { const s = performance.now(); const r = orig(a); const e = acc.get(k.kernelName) ?? [0,0]; e[0]++; e[1] += performance.now() - s; acc.set(k.kernelName, e); return r } }
const s0 = performance.now()
for (let i = 0; i < 300; i++) f()
console.log('total', (performance.now() - s0) / 300)
for (const [n, [c, ms]] of [...acc].sort((a, b) => b[1][1] - a[1][1])) console.log(n, c / 300, (ms / 300).toFixed(4))
