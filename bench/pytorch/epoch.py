"""The epochs of loads/epoch.mjs: a file read, the updates of one epoch, and the bound of the validation data."""

import csv
import gzip
import json
from functools import partial
from pathlib import Path

import numpy
import torch
from step import Step
from torch.nn import functional as F
from torch.nn.utils import clip_grad_norm_
from vrnn import batch_of, bernoulli, eager_loss, fuse_eager, fuse_hoisted, hoisted_loss

LOWEST, HIGHEST = 21, 108  # the keys of a piano
PROBED = 4  # batches


def read_music(path):
    with gzip.open(path) as file:
        splits = json.load(file)
    return {split: [roll(steps) for steps in splits[split]] for split in ("train", "valid", "test")}


def roll(steps):
    """Which keys sound, [T, 88]."""
    keys = numpy.zeros((len(steps), HIGHEST - LOWEST + 1), dtype="float32")
    for t, pitches in enumerate(steps):
        keys[t, [pitch - LOWEST for pitch in pitches]] = 1
    return torch.from_numpy(keys)


def read_tables(path):
    files = sorted(Path(path).glob("*.csv.gz"))
    return {
        split: [read_table(file) for file in files if file.name.startswith(split)]
        for split in ("train", "valid", "test")
    }


def read_table(file):
    """All columns but the time, [T, D]; an empty cell is missing."""
    with gzip.open(file, "rt", newline="") as text:
        rows = csv.reader(text)
        next(rows)
        numbers = [[float(cell) if cell else numpy.nan for cell in row[1:]] for row in rows]
    return torch.tensor(numbers)


READERS = {"music": read_music, "tables": read_tables}


def gaussian(floors, offsets, raw, x, mask):
    """The negative log mass of the cells that values were recorded in; the scale is never below half a cell."""
    mean, scale = raw.chunk(2, dim=-1)
    scale = F.softplus(scale) + floors
    log_mass = offsets - 0.5 * ((x - mean) / scale).square() - scale.log() - 0.5 * numpy.log(2 * numpy.pi)
    return -(mask * log_mass).sum()


class Epoch(Step):
    def __init__(self, fuse, loss_of, config, weights, inputs):
        self.fuse, self.loss_of, self.config = fuse, loss_of, config
        self.weights, self.inputs = weights, inputs
        self.plan = [[row for row in batch if row[0] >= 0] for batch in inputs["plan"].tolist()]
        self.begin()
        super().__init__({})

    def begin(self):
        """What the file holds, fresh leaves, a fresh optimiser."""
        splits = READERS[self.config["reader"]](self.config["path"])
        self.train, self.valid = ([self.shown(each) for each in splits[split]] for split in ("train", "valid"))
        self.p = {name: fused.leaf for name, fused in self.fuse(self.weights).items()}
        self.optimiser = torch.optim.Adam(self.p.values(), lr=self.config["learningRate"])

    def shown(self, sequence):
        """A sequence as the network reads it, and as it is scored."""
        centre, deviation = self.inputs["centre"], self.inputs["deviation"]
        if self.config["reader"] == "music":
            return sequence - centre, sequence
        scaled = (sequence - centre) / deviation
        return scaled, scaled

    def emission(self):
        if self.config["reader"] == "music":
            return bernoulli
        deviation, cell = self.inputs["deviation"], self.inputs["cell"]
        floors = torch.where(cell > 0, cell / 2 / deviation, torch.tensor(1e-4))
        offsets = torch.where(cell > 0, cell, torch.ones(())).log() - deviation.log()
        return partial(gaussian, floors, offsets)

    def batch(self, sequences, rows, h0):
        """[T, B, .] of some spans of sequences, padded with what is missing."""
        parts = [[part[first:last] for part in sequences[i]] for i, first, last, _ in rows]
        scaled, x = (torch.nn.utils.rnn.pad_sequence(each, padding_value=numpy.nan) for each in zip(*parts))
        noise = torch.randn(*x.shape[:2], self.config["latent"])
        batch = batch_of(x, scaled, ~x.isnan(), noise, h0, self.emission())
        if self.weights["phi_x.weight"].shape[0] > x.shape[-1]:  # where data have gaps, the network sees the mask
            batch["x_scaled"] = torch.cat((batch["x_scaled"], batch["mask"]), dim=-1)
        return batch

    def update(self, rows, h):
        goes_on = rows[0][3] == 1
        h0 = h.detach() if goes_on else torch.zeros(len(rows), self.config["hidden"])
        batch = self.batch(self.train, rows, h0)
        self.optimiser.zero_grad(set_to_none=True)
        total, h = self.loss_of(self.p, batch)
        (total / batch["count"]).backward()
        clip_grad_norm_(self.p.values(), self.config["clip"])
        self.optimiser.step()
        return total.item(), batch["count"], h

    def run(self):
        self.begin()
        total, count, h = 0.0, 0, None
        for rows in self.plan:
            loss, steps, h = self.update(rows, h)
            total, count = total + loss, count + steps
        self.bound = -total / count
        self.validate()
        return torch.tensor(self.bound)

    @torch.no_grad()
    def validate(self):
        """The bound of the validation data in nats per step, in batches of like lengths."""
        order = sorted(range(len(self.valid)), key=lambda i: len(self.valid[i][0]))
        total, count = 0.0, 0
        for start in range(0, len(order), self.config["batchSize"]):
            rows = [(i, 0, len(self.valid[i][0]), 0) for i in order[start : start + self.config["batchSize"]]]
            batch = self.batch(self.valid, rows, torch.zeros(len(rows), self.config["hidden"]))
            total += self.loss_of(self.p, batch)[0].item()
            count += batch["count"]
        return -total / count

    def probe(self):
        h = None
        for rows in self.plan[:PROBED]:
            _, _, h = self.update(rows, h)

    def gradients(self):
        return {"natsPerStep": torch.tensor([self.bound])}


VARIANTS = {"eager": partial(Epoch, fuse_eager, eager_loss), "hoisted": partial(Epoch, fuse_hoisted, hoisted_loss)}
