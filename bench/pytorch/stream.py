"""The stream of loads/stream.mjs: one sequence, a step at a time, each scored before the next is known."""

import torch
from step import Step
from vrnn import batch_of, bernoulli, eager_step, features, fuse_eager


class Stream(Step):
    def __init__(self, config, weights, inputs):
        self.config, self.inputs = config, inputs
        self.p = {name: fused.leaf.detach() for name, fused in fuse_eager(weights).items()}
        super().__init__({})

    @torch.inference_mode()
    def run(self):
        h = torch.zeros(1, self.config["hidden"])
        totals = [0.0]
        for x in self.inputs["x"].unbind(0):
            total, h = self.step(x.unsqueeze(0), h)
            totals.append(total)
        self.mean = torch.tensor(totals).sum() / self.config["steps"]
        return self.mean

    def step(self, x, h):
        """The bound of a row [1, D], and the state after it."""
        noise = torch.randn(1, self.config["latent"])
        batch = batch_of(x, x - self.inputs["center"], ~x.isnan(), noise, h, bernoulli)
        slices = [batch[name] for name in ("x", "mask", "observed", "gate", "eps")]
        likelihood, kl, h = eager_step(self.p, h, features(self.p, batch["x_scaled"]), *slices, bernoulli)
        return -(likelihood + kl).item(), h

    def gradients(self):
        return {"natsPerStep": self.mean.reshape(1)}


VARIANTS = {"eager": Stream}
