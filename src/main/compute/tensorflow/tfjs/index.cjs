// The binding's kernels take names and operations of the core from here, so there is one core in the process, the bench's.
module.exports = require('@tensorflow/tfjs-core')
