"""The recogniser of loads/speech.mjs, all that can leave the loops moved out by hand: its loops in Python (hoisted), or compiled by
TorchScript (scripted). CTC is PyTorch's own kernel."""

from functools import partial

import torch
from step import Step
from torch import Tensor
from torch.nn import functional as F
from vrnn import Fused, divergence

# Layers of the same input are joined along the output, inputs of the same layer along the input.
SIDE_BY_SIDE = {
    "phi_x": ["phi_x"],
    "kept": ["prior.hidden", "posterior.hidden.h"],  # of the state that dropout has thinned
    "posterior.x": ["posterior.hidden.x"],
    "prior.out": ["prior.out"],
    "posterior.out": ["posterior.out"],
    "phi_z": ["phi_z"],
    "cell.x": ["cell.x"],
    "cell.z": ["cell.z"],
    "cell.h": ["cell.h"],
    "decoder.z": ["decoder.hidden.z"],
    "decoder.h": ["decoder.hidden.h"],
    "emission": ["emission"],
}
BIASES = {
    "phi_x": ["phi_x"],
    "kept": ["prior.hidden", "posterior.hidden"],
    "prior.out": ["prior.out"],
    "posterior.out": ["posterior.out"],
    "phi_z": ["phi_z"],
    "cell.x": ["cell.x"],
    "cell.h": ["cell.h"],
    "decoder": ["decoder.hidden"],
    "emission": ["emission"],
}


def fuse(weights, layers, heads):
    fused = {}
    for kind, joined in (("weight", SIDE_BY_SIDE), ("bias", BIASES)):
        for name, parts in joined.items():
            fused[f"{name}.{kind}"] = Fused(weights, [f"{part}.{kind}" for part in parts], -1, False)
    for layer in range(layers):
        own = f"transcriber.{layer}"
        inputs = ["x", "state.h"] if layer == 0 else ["below"]
        fused[f"{own}.in.weight"] = Fused(weights, [f"{own}.{name}.weight" for name in inputs], 0, False)
        names = ["x.bias", "h.weight", "h.bias"]
        names += [f"norm.{side}.{part}.{kind}" for side in "xh" for part in PARTS for kind in ("gain", "bias")]
        for name in names:
            fused[f"{own}.{name}"] = Fused(weights, [f"{own}.{name}"], 0, False)
    for head in heads:
        for kind in ("weight", "bias"):
            name = f"transcriber.{head}.{kind}"
            fused[name] = Fused(weights, [name], 0, False)
    return fused


PARTS = ("gates", "candidate")
EPSILON = 1e-5


def vrnn_loop(
    e_x: Tensor, g_x: Tensor, observed: Tensor, gate: Tensor, eps: Tensor, keep_h: Tensor, keep_z: Tensor, h: Tensor,
    kept_w: Tensor, kept_b: Tensor, prior_w: Tensor, prior_b: Tensor, post_w: Tensor, post_b: Tensor,
    phi_w: Tensor, phi_b: Tensor, cell_z: Tensor, cell_w: Tensor, cell_b: Tensor,
):
    """What the next state needs, [T, B, ·] each; all else is one product over all steps."""
    hidden = h.size(1)
    kept_hs, states, differences, raws, raws_0, phi_zs = [h], [h], [h], [h], [h], [h]
    for e, g, seen, weight, noise, k_h, k_z in zip(
        e_x.unbind(0), g_x.unbind(0), observed.unbind(0), gate.unbind(0), eps.unbind(0), keep_h.unbind(0),
        keep_z.unbind(0),
    ):
        kept = h * k_h
        prior, posterior = torch.addmm(kept_b, kept, kept_w).split([hidden, hidden], -1)
        mu_0, scale_0 = torch.addmm(prior_b, prior.relu(), prior_w).chunk(2, -1)
        d_mu, scale = torch.addmm(post_b, (posterior + e).relu(), post_w).chunk(2, -1)
        difference = weight * d_mu
        raw = torch.where(seen, scale, scale_0)
        z = torch.addcmul(mu_0 + difference, F.softplus(raw) + 1e-4, noise)
        phi_z = torch.addmm(phi_b, z, phi_w).relu() * k_z
        x_ru, x_n = torch.addmm(g, phi_z, cell_z).split([2 * hidden, hidden], -1)
        h_ru, h_n = torch.addmm(cell_b, h, cell_w).split([2 * hidden, hidden], -1)
        r, u = torch.sigmoid(x_ru + h_ru).chunk(2, -1)
        h = torch.lerp(torch.addcmul(x_n, r, h_n).tanh(), h, u)
        kept_hs.append(kept)
        states.append(h)
        differences.append(difference)
        raws.append(raw)
        raws_0.append(scale_0)
        phi_zs.append(phi_z)
    return (
        torch.cat(kept_hs[1:]), torch.cat(states[1:]), torch.cat(differences[1:]), torch.cat(raws[1:]),
        torch.cat(raws_0[1:]), torch.cat(phi_zs[1:]),
    )


def gru_loop(
    gates_x: Tensor, candidate_x: Tensor, h: Tensor, weight: Tensor, bias: Tensor, gates_g: Tensor, gates_b: Tensor,
    candidate_g: Tensor, candidate_b: Tensor,
):
    """States [T, B, H] of a gated recurrent unit whose inputs' products are made, and normalised."""
    hidden = h.size(1)
    states = [h]
    for x_ru, x_n in zip(gates_x.unbind(0), candidate_x.unbind(0)):
        h_ru, h_n = torch.addmm(bias, h, weight).split([2 * hidden, hidden], -1)
        h_ru = F.layer_norm(h_ru, [2 * hidden], gates_g, gates_b, 1e-5)
        h_n = F.layer_norm(h_n, [hidden], candidate_g, candidate_b, 1e-5)
        r, u = torch.sigmoid(x_ru + h_ru).chunk(2, -1)
        h = torch.lerp(torch.addcmul(x_n, r, h_n).tanh(), h, u)
        states.append(h)
    return torch.stack(states[1:])


LOOPS = {
    "hoisted": lambda: (vrnn_loop, gru_loop),
    "scripted": lambda: (torch.jit.script(vrnn_loop), torch.jit.script(gru_loop)),
}


class Recogniser(Step):
    def __init__(self, way, config, weights, inputs):
        self.config, self.inputs = config, inputs
        self.vrnn_loop, self.gru_loop = LOOPS[way]()
        self.fused = fuse(weights, config["layers"], config["heads"])
        mask = inputs["mask"] > 0
        self.observed = mask.any(dim=-1, keepdim=True)  # [T, B, 1]
        self.gate = self.observed.float()
        self.x = torch.where(mask, inputs["x"], torch.zeros(()))
        self.keep = {site: inputs[f"dropout.{site}"] for site in self.sites()}
        super().__init__({name: fused.leaf for name, fused in self.fused.items()})

    def sites(self):
        return ["x", "z", "h", "decoder", "heard"] + [f"heard.{layer}" for layer in range(self.config["layers"])]

    def loss(self):
        steps, batch = self.x.shape[:2]
        bound, states = self.bound()
        h = torch.cat((self.x * self.keep["heard"], states.view(steps, batch, -1)), dim=-1)  # [T, B, ·]
        for layer in range(self.config["layers"]):
            h = self.layer(f"transcriber.{layer}", h) * self.keep[f"heard.{layer}"]
        elbo = self.config["elbo"] * bound / self.observed.sum()
        losses = [self.ctc(head, h) for head in self.config["heads"]]
        return elbo + (losses[0] + self.config["letters"] * losses[1]) / batch

    def bound(self):
        """The bound's negative, summed over steps, and the states [T·B, H]."""
        p, keep = self.leaves, self.keep
        steps, batch, hidden = *self.x.shape[:2], self.config["hidden"]

        def flat(tensor):
            return tensor.reshape(steps * batch, -1)

        phi_x = torch.addmm(p["phi_x.bias"], flat(self.x), p["phi_x.weight"]).relu_() * flat(keep["x"])  # [T·B, H]
        posterior_x = torch.mm(phi_x, p["posterior.x.weight"]).view(steps, batch, hidden)
        cell_x = torch.addmm(p["cell.x.bias"], phi_x, p["cell.x.weight"]).view(steps, batch, 3 * hidden)
        kept_h, states, difference, raw, raw_0, phi_z = self.vrnn_loop(
            posterior_x, cell_x, self.observed, self.gate, self.inputs["noise"], keep["h"], keep["z"],
            self.inputs["state.h"], p["kept.weight"], p["kept.bias"], p["prior.out.weight"], p["prior.out.bias"],
            p["posterior.out.weight"], p["posterior.out.bias"], p["phi_z.weight"], p["phi_z.bias"],
            p["cell.z.weight"], p["cell.h.weight"], p["cell.h.bias"],
        )  # fmt: skip
        from_h = torch.addmm(p["decoder.bias"], kept_h, p["decoder.h.weight"])
        decoder = torch.addmm(from_h, phi_z, p["decoder.z.weight"]).relu_() * flat(keep["decoder"])
        mean, scale = torch.addmm(p["emission.bias"], decoder, p["emission.weight"]).chunk(2, dim=-1)  # [T·B, D]
        sigma = F.softplus(scale) + 1e-4
        nats = 0.5 * ((flat(self.x) - mean) / sigma).square() + sigma.log() + 0.9189385332046727
        kl = divergence(F.softplus(raw) + 1e-4, F.softplus(raw_0) + 1e-4, difference)
        return (flat(self.inputs["mask"]) * nats).sum() + kl, states

    def layer(self, name, inputs):
        p, units = self.leaves, self.config["encoder"]
        steps, batch = inputs.shape[:2]
        flat = torch.addmm(p[f"{name}.x.bias"], inputs.view(steps * batch, -1), p[f"{name}.in.weight"])
        gates, candidate = flat.view(steps, batch, -1).split((2 * units, units), dim=-1)

        def norm(side, part):
            return p[f"{name}.norm.{side}.{part}.gain"], p[f"{name}.norm.{side}.{part}.bias"]

        gates = F.layer_norm(gates, (2 * units,), *norm("x", "gates"), EPSILON)
        candidate = F.layer_norm(candidate, (units,), *norm("x", "candidate"), EPSILON)
        rest = torch.zeros(batch, units)
        return self.gru_loop(
            gates, candidate, rest, p[f"{name}.h.weight"], p[f"{name}.h.bias"], *norm("h", "gates"),
            *norm("h", "candidate"),
        )  # fmt: skip

    def ctc(self, head, h):
        p = self.leaves
        logits = F.linear(h, p[f"transcriber.{head}.weight"].t(), p[f"transcriber.{head}.bias"])
        lengths = self.inputs["ctc.steps"], self.inputs[f"ctc.{head}.length"]
        ids = self.inputs[f"ctc.{head}.ids"]
        return F.ctc_loss(logits.log_softmax(-1), ids, *lengths, reduction="sum", zero_infinity=True)

    def gradients(self):
        return {name: slope for fused in self.fused.values() for name, slope in fused.gradients().items()}


VARIANTS = {way: partial(Recogniser, way) for way in LOOPS}
