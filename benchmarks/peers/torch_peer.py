"""The cases in PyTorch, eager, as its documentation writes them. Usage: torch_peer.py THREADS [cpu|cuda]"""

import sys

from peer_protocol import answer, sample_of, serve

try:
    import torch
    import torch.nn.functional as F
except (ImportError, OSError) as error:
    answer({"missing": str(error).splitlines()[0]})
    sys.exit(0)

threads = int(sys.argv[1])
device = sys.argv[2] if len(sys.argv) > 2 else "cpu"


def dense(params, x, layers):
    for i, name in enumerate(layers):
        x = torch.addmm(params[f"{name}/bias"], x, params[f"{name}/kernel"])
        if i + 1 < len(layers):
            x = F.relu(x)
    return x


def stacked_dense(params, x, layers):
    for i, name in enumerate(layers):
        x = torch.baddbmm(params[f"{name}/bias"].unsqueeze(1), x, params[f"{name}/kernel"])
        if i + 1 < len(layers):
            x = F.relu(x)
    return x


def convolutional(params, x):
    for name in ("conv/0", "conv/1"):
        x = F.max_pool2d(F.relu(F.conv2d(x, params[f"{name}/kernel"], params[f"{name}/bias"], padding="same")), 2)
    return dense(params, x.flatten(1), ["body/0", "head/0"])


def transformer(params, tokens, spec):
    width, heads = spec["width"], spec["heads"]
    batch, length = tokens.shape

    def linear(name, x):
        return x @ params[f"{name}/kernel"] + params[f"{name}/bias"]

    def norm(name, x):
        return F.layer_norm(x, (width,), params[f"{name}/scale"], params[f"{name}/shift"], 1e-5)

    x = F.embedding(tokens, params["embedding/token"]) + params["embedding/position"][:length]
    for i in range(spec["blocks"]):
        name = f"block/{i}"
        mixed = linear(f"{name}/attention/in", norm(f"{name}/norm1", x)).view(batch, length, 3, heads, width // heads)
        query, key, value = mixed.permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(query, key, value).transpose(1, 2).reshape(batch, length, width)
        x = x + linear(f"{name}/attention/out", seen)
        inner = F.gelu(linear(f"{name}/feedforward/in", norm(f"{name}/norm2", x)), approximate="tanh")
        x = x + linear(f"{name}/feedforward/out", inner)
    return linear("head", norm("norm", x).mean(1))


class Training:
    """Forward, backward and Adam; the loss is read after every step."""

    def __init__(self, losses_of, initial, rate):
        self.losses_of, self.initial, self.rate = losses_of, initial, rate
        self.reset()

    def reset(self):
        self.params = {name: tensor.clone().requires_grad_() for name, tensor in self.initial.items()}
        self.optimizer = torch.optim.Adam(list(self.params.values()), lr=self.rate, fused=True)

    def step(self):
        self.optimizer.zero_grad()
        losses = self.losses_of(self.params)
        losses.sum().backward()
        self.optimizer.step()
        return losses.tolist() if losses.dim() else [losses.item()]

    def values(self, steps):
        return [loss for _ in range(steps) for loss in self.step()]

    def run(self, steps):
        for _ in range(steps):
            self.step()


class OneByOne:
    """Several trainings, a step of each in turn."""

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
    def __init__(self, a, b):
        self.a, self.b = a, b

    def reset(self):
        pass

    def values(self, _steps):
        return sample_of(self.a @ self.b)

    def run(self, steps):
        for _ in range(steps):
            product = self.a @ self.b
        if device == "cuda":
            product[0, 0].item()


def channels_first(params, spec):
    """From [height, width, in, out] filters and rows ordered height, width, channel to PyTorch's orders."""
    height, width, channels = spec["image"][0] // 4, spec["image"][1] // 4, spec["channels"][1]
    changed = dict(params)
    for name in ("conv/0/kernel", "conv/1/kernel"):
        changed[name] = params[name].permute(3, 2, 0, 1).contiguous()
    rows = params["body/0/kernel"].view(height, width, channels, -1)
    changed["body/0/kernel"] = rows.permute(2, 0, 1, 3).reshape(height * width * channels, -1).contiguous()
    return changed


def load(case, arrays):
    spec, rate = case["spec"], case["learningRate"]
    tensors = {name: torch.from_numpy(values).to(device) for name, values in arrays.items()}
    if spec["kind"] == "product":
        a, b = tensors["a"], tensors["b"]
        return {"": Product(a.t() if spec["transposeA"] else a, b.t() if spec["transposeB"] else b)}
    x, y = tensors.pop("x"), tensors.pop("y").long()
    if spec["kind"] == "stacked":
        layers = spec["layers"]

        def together(params):
            logits = stacked_dense(params, x, layers)
            return F.cross_entropy(logits.flatten(0, 1), y.flatten(), reduction="none").view(y.shape).mean(1)

        def alone(run):
            own = {name: tensor[run].clone() for name, tensor in tensors.items()}
            own_x, own_y = x[run].clone(), y[run].clone()
            return Training(lambda params: F.cross_entropy(dense(params, own_x, layers), own_y), own, rate)

        return {
            "together": Training(together, tensors, rate),
            "one after another": OneByOne([alone(run) for run in range(spec["runs"])]),
        }
    if spec["kind"] == "dense":
        logits_of = lambda params: dense(params, x, spec["layers"])
    elif spec["kind"] == "convolutional":
        x = x.permute(0, 3, 1, 2).contiguous()
        tensors = channels_first(tensors, spec)
        logits_of = lambda params: convolutional(params, x)
    else:
        x = x.long()
        logits_of = lambda params: transformer(params, x, spec)
    return {"": Training(lambda params: F.cross_entropy(logits_of(params), y), tensors, rate)}


if device == "cuda":
    if not torch.cuda.is_available():
        answer({"missing": "PyTorch finds no CUDA device."})
        sys.exit(0)
    where = torch.cuda.get_device_name()
else:
    torch.set_num_threads(threads)
    where = f"CPU, {threads} thread{'s' if threads > 1 else ''}"
serve({"version": torch.__version__, "device": where}, load)
