"""The attention decoder of loads/attention.mjs: as one writes it (eager), and with what x alone decides hoisted by hand."""

from functools import partial

import torch
from step import Step
from torch.nn import functional as F


def eager_states(p, batch):
    """Keys are made once; words and context are joined for PyTorch's fused cell."""
    memory = batch["memory"]
    keys = torch.matmul(memory, p["attention.memory.weight"]) + p["attention.memory.bias"]  # [B, S, A]
    h, states = batch["h0"], []
    gates = [torch.cat((p["cell.x.weight"], p["cell.context.weight"])).t(), p["cell.h.weight"].t()]
    biases = [p["cell.x.bias"], p["cell.h.bias"]]
    for x in batch["x"].unbind(0):
        context = read(p, h @ p["attention.query.weight"], keys, memory)
        h = torch.gru_cell(torch.cat((x, context), dim=-1), h, *gates, *biases)
        states.append(h)
    return torch.stack(states)


def hoisted_states(p, batch):
    """The words' product is made at once, and that of the state once for query and gates."""
    memory, hidden = batch["memory"], batch["h0"].shape[1]
    keys = torch.matmul(memory, p["attention.memory.weight"]) + p["attention.memory.bias"]  # [B, S, A]
    words = torch.matmul(batch["x"], p["cell.x.weight"]) + p["cell.x.bias"]  # [T, B, 3H]
    from_state = torch.cat((p["attention.query.weight"], p["cell.h.weight"]), dim=1)  # [H, A + 3H]
    bias = F.pad(p["cell.h.bias"], (p["attention.query.weight"].shape[1], 0))
    widths = (p["attention.query.weight"].shape[1], 2 * hidden, hidden)
    h, states = batch["h0"], []
    for word in words.unbind(0):
        query, h_ru, h_n = torch.addmm(bias, h, from_state).split(widths, dim=-1)
        context = read(p, query, keys, memory)
        x_ru, x_n = torch.addmm(word, context, p["cell.context.weight"]).split((2 * hidden, hidden), dim=-1)
        r, u = torch.sigmoid(x_ru + h_ru).chunk(2, dim=-1)
        n = torch.addcmul(x_n, r, h_n).tanh_()
        h = torch.lerp(n, h, u)
        states.append(h)
    return torch.stack(states)


def read(p, query, keys, memory):
    scores = torch.matmul(torch.tanh(keys + query.unsqueeze(1)), p["attention.score.weight"]).squeeze(-1)  # [B, S]
    return torch.bmm(F.softmax(scores, dim=-1).unsqueeze(1), memory).squeeze(1)  # [B, E]


class Attention(Step):
    def __init__(self, states_of, config, weights, inputs):
        self.states_of = states_of
        self.batch = {"h0": torch.zeros(config["batch"], config["hidden"]), **inputs}
        self.batch["memory"].requires_grad_()
        self.rows = config["steps"] * config["batch"]
        parameters = {name: weight.requires_grad_() for name, weight in weights.items()}
        super().__init__({**parameters, "slope.memory": self.batch["memory"]})

    def loss(self):
        return (self.states_of(self.leaves, self.batch) * self.batch["slope"]).sum() / self.rows


VARIANTS = {"eager": partial(Attention, eager_states), "hoisted": partial(Attention, hoisted_states)}
