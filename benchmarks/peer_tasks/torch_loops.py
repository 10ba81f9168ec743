"""torch three ways: batched products by hand, one module after another, and torch.func over a stack."""

from typing import Any

import numpy as np
import torch

from .tasks import Parameters, Sweep

__all__ = ["torch_bmm", "torch_eager", "torch_func"]

ACTIVATIONS = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}
SLOPES = {"sigmoid": lambda a: a * (1 - a), "tanh": lambda a: 1 - a * a, "relu": lambda a: (a > 0).double()}
torch.set_num_threads(1)


def _data(task: Sweep) -> Any:
    x, labels = torch.from_numpy(task.data.x), torch.from_numpy(task.data.y.astype(np.int64))
    return x, labels, torch.nn.functional.one_hot(labels, 10).double()


def torch_bmm(task: Sweep) -> Any:
    """Return a function that trains the stack with gradients by hand and `baddbmm`, without autograd."""
    x, _, one_hot = _data(task)
    keep = 1 - 2 * task.learning_rate * torch.tensor(task.l2, dtype=torch.float64)[:, None, None]
    act, slope = ACTIVATIONS[task.activation], SLOPES[task.activation]

    def step(ws: Any, bs: Any, xb: Any, y: Any) -> None:
        a = [xb.expand(task.n_models, -1, -1)]
        for w, b in zip(ws[:-1], bs, strict=False):
            a.append(act(torch.baddbmm(b[:, None], a[-1], w.mT)))
        delta = torch.softmax(torch.baddbmm(bs[-1][:, None], a[-1], ws[-1].mT), -1) - y
        for k in reversed(range(len(ws))):
            below = torch.bmm(delta, ws[k]).mul_(slope(a[k])) if k else None
            ws[k].mul_(keep).baddbmm_(delta.mT, a[k], alpha=-task.learning_rate)
            bs[k].sub_(delta.sum(1), alpha=task.learning_rate)
            delta = below

    def run() -> Parameters:
        p = [torch.from_numpy(array) for array in task.initial()]
        with torch.no_grad():
            for batch in task.batches():
                index = torch.from_numpy(batch)
                step(p[::2], p[1::2], x[index], one_hot[index])
        return [array.numpy() for array in p]

    return run


def torch_eager(task: Sweep) -> Any:
    """Return a function that trains one `nn.Sequential` after another with `optim.SGD`."""
    x, labels, _ = _data(task)

    def train(arrays: Parameters, alpha: float) -> list[Any]:
        p = [torch.tensor(array, requires_grad=True) for array in arrays]
        groups = [{"params": p[::2], "weight_decay": 2 * alpha}, {"params": p[1::2]}]
        optimizer = torch.optim.SGD(groups, lr=task.learning_rate)
        for batch in map(torch.from_numpy, task.batches()):
            optimizer.zero_grad()
            _loss(task, p, x[batch], labels[batch]).backward()
            optimizer.step()
        return [array.detach().numpy() for array in p]

    def run() -> Parameters:
        start = task.initial()
        models = [train([a[i] for a in start], alpha) for i, alpha in enumerate(task.l2)]
        return [np.stack(arrays) for arrays in zip(*models, strict=True)]

    return run


def _loss(task: Sweep, p: Any, x: Any, labels: Any) -> Any:
    a, act = x, ACTIVATIONS[task.activation]
    for w, b in zip(p[:-2:2], p[1:-2:2], strict=True):
        a = act(torch.nn.functional.linear(a, w, b))
    logits = torch.nn.functional.linear(a, p[-2], p[-1])
    return torch.nn.functional.cross_entropy(logits, labels, reduction="sum")


def torch_func(task: Sweep) -> Any:
    """Return a function that trains the stack with `vmap(grad(loss))`."""
    x, labels, _ = _data(task)
    decay = 2 * torch.tensor(task.l2, dtype=torch.float64)[:, None, None]
    gradient = torch.func.vmap(
        torch.func.grad(lambda p, xb, yb: _loss(task, p, xb, yb)), in_dims=(0, None, None)
    )

    def run() -> Parameters:
        p = [torch.from_numpy(array) for array in task.initial()]
        for batch in map(torch.from_numpy, task.batches()):
            for k, (w, g) in enumerate(zip(p, gradient(p, x[batch], labels[batch]), strict=True)):
                w.sub_(g if k % 2 else g + decay * w, alpha=task.learning_rate)
        return [array.numpy() for array in p]

    return run
