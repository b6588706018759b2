"""The stack of convolutions of loads/convolution.mjs, in PyTorch's usual layout of memory and with channels last."""

from functools import partial

import torch
from step import Step
from torch.nn import functional as F


class Convolution(Step):
    def __init__(self, layout, config, weights, inputs):
        self.layers = [(layer["stride"], layer["padding"]) for layer in config["layers"]]
        self.x = inputs["x"].contiguous(memory_format=layout)
        self.slope = inputs["slope"].contiguous(memory_format=layout)
        super().__init__({name: self.leaf(weight, layout) for name, weight in weights.items()})

    @staticmethod
    def leaf(weight, layout):
        return (weight.contiguous(memory_format=layout) if weight.dim() == 4 else weight).requires_grad_()

    def loss(self):
        y = self.x
        for i, (stride, padding) in enumerate(self.layers):
            weight, bias = self.leaves[f"layer{i}.weight"], self.leaves[f"layer{i}.bias"]
            y = F.conv2d(y, weight, bias, stride=stride, padding=padding).relu_()
        return (y * self.slope).sum() / self.x.shape[0]


VARIANTS = {
    "eager": partial(Convolution, torch.contiguous_format),
    "channels-last": partial(Convolution, torch.channels_last),
}
