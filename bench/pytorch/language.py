"""The language model of loads/language.mjs: embedding, torch.nn's recurrent layers, a linear output, cross-entropy."""

import torch
from step import Step
from torch import nn
from torch.nn import functional as F

LAYERS = {"lstm": nn.LSTM, "gru": nn.GRU}


class Language(Step):
    def __init__(self, config, weights, inputs):
        self.embedding = nn.Embedding(config["vocabulary"], config["embedding"])
        self.cells = LAYERS[config["cell"]](config["embedding"], config["hidden"], config["layers"])
        self.output = nn.Linear(config["hidden"], config["vocabulary"])
        self.tokens, self.targets = inputs["tokens"], inputs["targets"].flatten()  # [T, B], [T·B]
        super().__init__(self.named_parameters(config["layers"]))
        with torch.no_grad():
            for name, leaf in self.leaves.items():
                leaf.copy_(ours_of(name, weights[name]))

    def named_parameters(self, layers):
        named = {"embedding.weight": self.embedding.weight}
        for layer in range(layers):
            for side, letter in (("x", "i"), ("h", "h")):
                for kind in ("weight", "bias"):
                    named[f"layer{layer}.{side}.{kind}"] = getattr(self.cells, f"{kind}_{letter}h_l{layer}")
        return {**named, "output.weight": self.output.weight, "output.bias": self.output.bias}

    def loss(self):
        states, _ = self.cells(self.embedding(self.tokens))  # [T, B, H]
        return F.cross_entropy(self.output(states).flatten(0, 1), self.targets)

    def gradients(self):
        return {name: ours_of(name, slope) for name, slope in super().gradients().items()}


def ours_of(name, tensor):
    """From one layout to the other: linear weights are transposed, tables and biases are the same."""
    return tensor if tensor.dim() < 2 or name == "embedding.weight" else tensor.t()


VARIANTS = {"eager": Language}
