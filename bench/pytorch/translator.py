"""The translator of loads/translator.mjs: as one writes it (eager), and with what words alone decide hoisted by hand."""

from functools import partial
from math import sqrt

import torch
from language import ours_of
from step import Step
from torch import nn
from torch.nn import functional as F

BEGIN = 2  # data/text/tokens.ts


class Decoder(nn.Module):
    """A conditional GRU: it reads a word, looks the source up, and moves on by that."""

    def __init__(self, embedding, hidden):
        super().__init__()
        context = 2 * hidden
        self.read = nn.GRUCell(embedding, hidden)
        self.move = nn.GRUCell(context, hidden)
        self.query = nn.Linear(hidden, hidden, bias=False)
        self.score = nn.Linear(hidden, 1, bias=False)

    def look_up(self, query, keys, memory):
        scores = self.score(torch.tanh(keys + query.unsqueeze(1))).squeeze(-1)  # [B, S]
        return torch.bmm(F.softmax(scores, dim=-1).unsqueeze(1), memory).squeeze(1)  # [B, 2H]

    def eager(self, words, h, keys, memory):
        states, contexts = [], []
        for word in words.unbind(0):
            asked = self.read(word, h)
            context = self.look_up(self.query(asked), keys, memory)
            h = self.move(context, asked)
            states.append(h)
            contexts.append(context)
        return torch.stack(states), torch.stack(contexts)

    def hoisted(self, words, h, keys, memory):
        """The words' products are made at once; query and gates of a state are one product."""
        read, move = self.read, self.move
        from_words = F.linear(words, read.weight_ih, read.bias_ih)  # [T, B, 3H]
        of_asked = torch.cat((self.query.weight, move.weight_hh))
        bias = F.pad(move.bias_hh, (self.query.weight.shape[0], 0))
        states, contexts = [], []
        for word in from_words.unbind(0):
            asked = gated(word, F.linear(h, read.weight_hh, read.bias_hh), h)
            query, of_state = F.linear(asked, of_asked, bias).split((h.shape[1], 3 * h.shape[1]), dim=-1)
            context = self.look_up(query, keys, memory)
            h = gated(F.linear(context, move.weight_ih, move.bias_ih), of_state, asked)
            states.append(h)
            contexts.append(context)
        return torch.stack(states), torch.stack(contexts)


def gated(of_input, of_state, h):
    """A GRU's state from both products [B, 3H]."""
    width = h.shape[1]
    x_ru, x_n = of_input.split((2 * width, width), dim=-1)
    h_ru, h_n = of_state.split((2 * width, width), dim=-1)
    r, u = torch.sigmoid(x_ru + h_ru).chunk(2, dim=-1)
    return torch.lerp(torch.addcmul(x_n, r, h_n).tanh(), h, u)


class Translator(Step):
    def __init__(self, way, config, weights, inputs):
        embedding, hidden = config["embedding"], config["hidden"]
        self.way, self.inputs = way, inputs
        self.scale = sqrt(embedding)
        self.embedding = nn.Embedding(config["tokens"], embedding)
        self.encoder = nn.GRU(embedding, hidden, bidirectional=True)
        self.keys = nn.Linear(2 * hidden, hidden)
        self.first = nn.Linear(2 * hidden, hidden)
        self.decoder = Decoder(embedding, hidden)
        self.output = nn.Linear(hidden + 2 * hidden + embedding, embedding)
        self.bias = nn.Parameter(torch.zeros(config["tokens"]))
        self.widths = (hidden, 2 * hidden, embedding)
        leaves = self.named_parameters()
        super().__init__({name: leaf for name, leaf in leaves.items() if name != "output.weight"})
        with torch.no_grad():
            for name, leaf in self.leaves.items():
                leaf.copy_(ours_of(name, weights[name]))
            parts = [weights[f"output.{part}.weight"] for part in ("h", "context", "y")]
            self.output.weight.copy_(torch.cat(parts).t())

    def named_parameters(self):
        encoder, decoder = self.encoder, self.decoder
        named = {"embedding.weight": self.embedding.weight, "emission.bias": self.bias}
        for direction, end in (("forward", ""), ("backward", "_reverse")):
            for side, letter in (("x", "i"), ("h", "h")):
                for kind in ("weight", "bias"):
                    own = getattr(encoder, f"{kind}_{letter}h_l0{end}")
                    named[f"encoder.{direction}.{side}.{kind}"] = own
        for name, cell, reads in (("read", decoder.read, "x"), ("move", decoder.move, "context")):
            named[f"decoder.{name}.{reads}.weight"] = cell.weight_ih
            named[f"decoder.{name}.x.bias"] = cell.bias_ih
            named[f"decoder.{name}.h.weight"] = cell.weight_hh
            named[f"decoder.{name}.h.bias"] = cell.bias_hh
        linear = {"attention.memory": self.keys, "first": self.first}
        for name, layer in linear.items():
            named[f"{name}.weight"], named[f"{name}.bias"] = layer.weight, layer.bias
        named["attention.query.weight"] = decoder.query.weight
        named["attention.score.weight"] = decoder.score.weight
        named["output.bias"] = self.output.bias
        return named

    def loss(self):
        x = self.inputs["x"]  # [T, B]
        source = self.embedding(self.inputs["source"]) * self.scale  # [S, B, E]
        memory = self.encoder(source)[0].transpose(0, 1)  # [B, S, 2H]
        begin = torch.full_like(x[:1], BEGIN)
        words = self.embedding(torch.cat((begin, x[:-1]))) * self.scale  # [T, B, E]
        h = torch.tanh(self.first(memory.mean(1)))  # [B, H]
        states, contexts = getattr(self.decoder, self.way)(words, h, self.keys(memory), memory)
        told = torch.tanh(self.output(torch.cat((states, contexts, words), dim=-1)))  # [T, B, E]
        logits = F.linear(told, self.embedding.weight, self.bias)  # [T, B, V]
        return F.cross_entropy(logits.flatten(0, 1), x.flatten())

    def run(self):
        self.output.weight.grad = None
        return super().run()

    def gradients(self):
        slopes = {name: ours_of(name, slope) for name, slope in super().gradients().items()}
        parts = self.output.weight.grad.t().split(self.widths)
        return {**slopes, **{f"output.{name}.weight": part for name, part in zip(("h", "context", "y"), parts)}}


VARIANTS = {way: partial(Translator, way) for way in ("eager", "hoisted")}
