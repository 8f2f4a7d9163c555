"""The cases in JAX, each training step one compiled function. Usage: jax_peer.py THREADS"""

import sys

from peer_protocol import answer, sample_of, serve, use_threads

threads = int(sys.argv[1])
use_threads(threads)
try:
    import jax

    jax.config.update("jax_platforms", "cpu")
    import jax.numpy as jnp
    from jax import lax
except ImportError as error:
    answer({"missing": str(error).splitlines()[0]})
    sys.exit(0)


def dense(params, x, layers):
    for i, name in enumerate(layers):
        x = x @ params[f"{name}/kernel"] + params[f"{name}/bias"]
        if i + 1 < len(layers):
            x = jax.nn.relu(x)
    return x


def convolutional(params, x):
    for name in ("conv/0", "conv/1"):
        x = lax.conv_general_dilated(x, params[f"{name}/kernel"], (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
        x = jax.nn.relu(x + params[f"{name}/bias"])
        x = lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
    return dense(params, x.reshape(x.shape[0], -1), ["body/0", "head/0"])


def transformer(params, tokens, spec):
    width, heads = spec["width"], spec["heads"]
    batch, length = tokens.shape

    def linear(name, x):
        return x @ params[f"{name}/kernel"] + params[f"{name}/bias"]

    def norm(name, x):
        centred = x - x.mean(-1, keepdims=True)
        return centred * lax.rsqrt((centred**2).mean(-1, keepdims=True) + 1e-5) * params[f"{name}/scale"] + params[f"{name}/shift"]

    x = params["embedding/token"][tokens] + params["embedding/position"][:length]
    for i in range(spec["blocks"]):
        name = f"block/{i}"
        mixed = linear(f"{name}/attention/in", norm(f"{name}/norm1", x)).reshape(batch, length, 3, heads, width // heads)
        query, key, value = (mixed[:, :, part] for part in range(3))
        seen = jax.nn.dot_product_attention(query, key, value).reshape(batch, length, width)
        x = x + linear(f"{name}/attention/out", seen)
        inner = jax.nn.gelu(linear(f"{name}/feedforward/in", norm(f"{name}/norm2", x)), approximate=True)
        x = x + linear(f"{name}/feedforward/out", inner)
    return linear("head", norm("norm", x).mean(1))


def cross_entropy(logits, y):
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], 1).mean()


def adam_step(losses_of, rate):
    """One compiled step: (params, m, v, t, x, y) -> (losses, params, m, v, t). The old buffers are reused."""

    def summed(params, x, y):
        losses = losses_of(params, x, y)
        return losses.sum(), losses

    def step(params, m, v, t, x, y):
        (_, losses), gradients = jax.value_and_grad(summed, has_aux=True)(params, x, y)
        t = t + 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, gradients)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, gradients)
        first, second = rate / (1 - 0.9**t), 1 / (1 - 0.999**t)
        params = jax.tree.map(lambda p, m, v: p - first * m / (jnp.sqrt(v * second) + 1e-8), params, m, v)
        return losses, params, m, v, t

    return jax.jit(step, donate_argnums=(0, 1, 2, 3))


class Training:
    def __init__(self, step, initial, x, y):
        self.compiled, self.initial, self.x, self.y = step, initial, x, y
        self.reset()

    def reset(self):
        fresh = lambda change: jax.tree.map(change, self.initial)
        self.state = (fresh(jnp.array), fresh(jnp.zeros_like), fresh(jnp.zeros_like), jnp.float32(0))

    def step(self):
        losses, *state = self.compiled(*self.state, self.x, self.y)
        self.state = tuple(state)
        return jnp.ravel(losses).tolist()

    def values(self, steps):
        return [loss for _ in range(steps) for loss in self.step()]

    def run(self, steps):
        for _ in range(steps):
            self.step()
        jax.block_until_ready(self.state)


class OneByOne:
    def __init__(self, trainings):
        self.trainings = trainings

    def reset(self):
        for training in self.trainings:
            training.reset()

    def values(self, steps):
        return [loss for _ in range(steps) for training in self.trainings for loss in training.step()]

    def run(self, steps):
        for training in self.trainings:
            training.run(steps)


class Product:
    def __init__(self, a, b, spec):
        self.a, self.b = a, b
        self.product = jax.jit(lambda a, b: (a.T if spec["transposeA"] else a) @ (b.T if spec["transposeB"] else b))

    def reset(self):
        pass

    def values(self, _steps):
        return sample_of(self.product(self.a, self.b))

    def run(self, steps):
        for _ in range(steps):
            product = self.product(self.a, self.b)
        product.block_until_ready()


def load(case, arrays):
    spec, rate = case["spec"], case["learningRate"]
    arrays = {name: jnp.array(values) for name, values in arrays.items()}
    if spec["kind"] == "product":
        return {"": Product(arrays["a"], arrays["b"], spec)}
    x, y = arrays.pop("x"), arrays.pop("y")
    if spec["kind"] == "stacked":
        loss_of = lambda params, x, y: cross_entropy(dense(params, x, spec["layers"]), y)
        own = lambda run: {name: values[run] for name, values in arrays.items()}
        single = adam_step(loss_of, rate)
        return {
            "together": Training(adam_step(jax.vmap(loss_of), rate), arrays, x, y),
            "one after another": OneByOne([Training(single, own(run), x[run], y[run]) for run in range(spec["runs"])]),
        }
    if spec["kind"] == "dense":
        logits_of = lambda params, x: dense(params, x, spec["layers"])
    elif spec["kind"] == "convolutional":
        logits_of = convolutional
    else:
        logits_of = lambda params, x: transformer(params, x, spec)
    return {"": Training(adam_step(lambda params, x, y: cross_entropy(logits_of(params, x), y), rate), arrays, x, y)}


serve({"version": jax.__version__, "device": f"CPU, {threads} thread{'s' if threads > 1 else ''}"}, load)
