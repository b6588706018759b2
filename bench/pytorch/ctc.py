"""The CTC loss of loads/ctc.mjs by PyTorch's own kernel."""

import torch
from step import Step
from torch.nn import functional as F


class Ctc(Step):
    def __init__(self, config, weights, inputs):
        steps, batch = config["steps"], config["batch"]
        self.labels = inputs["labels"]
        self.lengths = torch.full((batch,), steps), torch.full((batch,), config["labels"])
        super().__init__({"slope.logits": inputs["logits"].requires_grad_()})

    def loss(self):
        log_probabilities = F.log_softmax(self.leaves["slope.logits"], dim=-1)
        return F.ctc_loss(log_probabilities, self.labels, *self.lengths, reduction="sum") / self.labels.shape[0]


VARIANTS = {"eager": Ctc}
