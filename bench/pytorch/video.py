"""The VRNN of video of loads/video.mjs, all that can leave the loop moved out by hand, in PyTorch's usual layout of memory (hoisted) and with
channels last."""

from functools import partial

import torch
from step import Step
from torch.nn import functional as F
from vrnn import Fused, divergence

# Convolutions of the same input are joined along the output, inputs of the same convolution along the input.
OUTPUTS, INPUTS = 0, 1
JOINED = {
    "state.weight": (OUTPUTS, ["prior.hidden.h.weight", "posterior.hidden.h.weight", "cell.h.weight"]),
    "state.bias": (OUTPUTS, ["prior.hidden.bias", "posterior.hidden.bias", "cell.h.bias"]),
    "seen.weight": (OUTPUTS, ["posterior.hidden.x.weight", "cell.x.weight"]),
    "mix.weight": (INPUTS, ["decoder.mix.h.weight", "decoder.mix.z.weight"]),
    **{
        f"join.{i}.weight": (INPUTS, [f"decoder.{i}.join.below.weight", f"decoder.{i}.join.skip.weight"])
        for i in range(2)
    },
}
STAGES = 3
MAGNIFIED, CHANGE = 5.0, 0.1
CELL = 1 / 255
FLOOR = 0.1 * CELL


def before_softplus(scale):
    return torch.tensor(scale).expm1().log().item()


STARTING_SCALE = before_softplus(0.03)
FIRST_MEAN, FIRST_SCALE = 0.5, 0.2 + FLOOR


class LayoutFused(Fused):
    """A fused tensor in a layout of memory."""

    def __init__(self, weights, names, dimension, layout):
        super().__init__(weights, names, dimension, False)
        if self.leaf.dim() == 4:
            self.leaf = self.leaf.detach().contiguous(memory_format=layout).requires_grad_()


def logistic_nats(x, mean, scale):
    """−log of the mass of each pixel's cell, summed."""
    upper, lower = (x + CELL / 2 - mean) / scale, (x - CELL / 2 - mean) / scale
    below, above = F.logsigmoid(upper), F.logsigmoid(-lower)
    inner = below + above + torch.log(-torch.expm1(-CELL / scale))
    mass = torch.where(x < CELL / 2, below, torch.where(x > 1 - CELL / 2, above, inner))
    return -mass.sum()


class Video(Step):
    def __init__(self, layout, config, weights, inputs):
        self.config, self.layout = config, layout
        fused = {name: LayoutFused(weights, names, axis, layout) for name, (axis, names) in JOINED.items()}
        joined = {name for each in fused.values() for name in each.names}
        alone = {name: LayoutFused(weights, [name], 0, layout) for name in weights if name not in joined}
        self.fused = {**fused, **alone}
        x = inputs["x"]  # [T, B, H, W]
        self.x = x.flatten(0, 1)  # [T·B, H, W]
        last = torch.cat((torch.zeros_like(x[:1]), x[:-1]))
        self.last = last.flatten(0, 1)
        pictures = torch.stack((self.x, MAGNIFIED * (self.x - self.last)), 1)  # [T·B, 2, H, W]
        self.pictures = pictures.contiguous(memory_format=layout)
        self.noise = inputs["noise"]
        super().__init__({name: each.leaf for name, each in self.fused.items()})

    def loss(self):
        steps, batch = self.config["steps"], self.config["batch"]
        *skips, seen = self.encoded()
        h, z, kl = self.states(seen)
        mixed = self.conv(torch.cat((h, z), 1), "mix.weight", "decoder.mix.bias").relu_()
        before = [torch.cat((torch.zeros_like(each[:batch]), each[:-batch])) for each in skips]
        told = self.decoded(mixed, before)  # [T·B, 3, H, W]
        mean = CHANGE * told[batch:, 1] + self.last[batch:]
        scale = F.softplus(told[batch:, 2] + STARTING_SCALE) + FLOOR
        nats = logistic_nats(self.x[batch:], mean, scale)
        first = logistic_nats(self.x[:batch], torch.tensor(FIRST_MEAN), torch.tensor(FIRST_SCALE))
        return (nats + first + kl) / (steps * batch)

    def encoded(self):
        """The maps of each stage, of all frames."""
        maps = [self.pictures]
        for i in range(STAGES):
            halved = self.conv(maps[-1], f"encoder.{i}.weight", f"encoder.{i}.bias", stride=2)
            maps.append(self.norm(halved, f"encoder.{i}.norm").relu_())
        y = maps[-1]
        for i in range(2):
            y = self.norm(y, f"encoder.block.norm.{i}").relu_()
            y = self.conv(y, f"encoder.block.{i}.weight", f"encoder.block.{i}.bias")
        return [*maps[1:-1], maps[-1] + y]

    def states(self, seen):
        """The states before each step and the latent maps, [T·B, ·, h, w], and the divergence."""
        steps, batch, hidden, latent = (self.config[name] for name in ("steps", "batch", "hidden", "latent"))
        width = self.leaves["prior.out.weight"].shape[1]
        rows, columns = seen.shape[-2:]
        seen = self.conv(seen, "seen.weight")
        posterior_x, cell_x = seen.split((width, 3 * hidden), 1)
        cell_x = cell_x + self.leaves["cell.bias"].view(-1, 1, 1)
        h = torch.zeros(batch, hidden, rows, columns).contiguous(memory_format=self.layout)
        states, zs, kl = [], [], torch.zeros(())
        for t, (e, g) in enumerate(zip(posterior_x.split(batch), cell_x.split(batch))):
            states.append(h)
            prior, posterior, h_gates, h_new = self.conv(h, "state.weight", "state.bias").split(
                (width, width, 2 * hidden, hidden), 1
            )
            mean_0, raw_0 = self.conv(prior.relu(), "prior.out.weight", "prior.out.bias").chunk(2, 1)
            change, raw = self.conv((posterior + e).relu(), "posterior.out.weight", "posterior.out.bias").chunk(2, 1)
            sigma_0, sigma = F.softplus(raw_0) + 1e-4, F.softplus(raw) + 1e-4
            noise = self.noise[t].view(batch, latent, rows, columns)
            z = torch.addcmul(mean_0 + change, sigma, noise)
            kl = kl + divergence(sigma, sigma_0, change)
            gates, new = (g + self.conv(z, "cell.z.weight")).split((2 * hidden, hidden), 1)
            reset, update = torch.sigmoid(gates + h_gates).chunk(2, 1)
            h = torch.lerp(torch.addcmul(new, reset, h_new).tanh(), h, update)
            zs.append(z)
        return torch.cat(states), torch.cat(zs), kl

    def decoded(self, maps, skips):
        for i in reversed(range(STAGES - 1)):
            below = self.grown(maps, f"decoder.{i}.grow").relu_()
            joined = self.conv(torch.cat((below, skips[i]), 1), f"join.{i}.weight", f"decoder.{i}.join.bias")
            maps = self.norm(joined, f"decoder.{i}.norm").relu_()
        return self.grown(maps, "decoder.out")

    def conv(self, x, weight, bias=None, stride=1):
        bias = None if bias is None else self.leaves[bias]
        return F.conv2d(x, self.leaves[weight], bias, stride=stride, padding=1)

    def grown(self, x, name):
        weight, bias = self.leaves[f"{name}.weight"], self.leaves[f"{name}.bias"]
        return F.conv_transpose2d(x, weight, bias, stride=2, padding=1)

    def norm(self, x, name):
        groups = x.shape[1] // 8
        return F.group_norm(x, groups, self.leaves[f"{name}.gain"], self.leaves[f"{name}.bias"])

    def gradients(self):
        return {name: slope for fused in self.fused.values() for name, slope in fused.gradients().items()}


VARIANTS = {
    "hoisted": partial(Video, torch.contiguous_format),
    "channels-last": partial(Video, torch.channels_last),
}
