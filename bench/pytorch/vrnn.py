"""The VRNN of loads/vrnn.mjs: as one writes it (eager), and with all that can leave the loop moved out by hand (hoisted)."""

from functools import partial

import torch
from step import Step
from torch.nn import functional as F

# --- parameters ------------------------------------------------------------------------------------------

# Each variant keeps the weights as its code would hold them: a fused tensor is several named ones side by side.
# "eager" has PyTorch's modules (a layer over [a, b] is one Linear over their concatenation, so parts are joined
# along the input dimension and stored transposed); "hoisted" joins layers of the same input along the output.
EAGER = {
    "phi_x": ["phi_x"],
    "prior.hidden": ["prior.hidden"],
    "prior.out": ["prior.out"],
    "posterior.hidden": ["posterior.hidden.x", "posterior.hidden.h"],
    "posterior.out": ["posterior.out"],
    "phi_z": ["phi_z"],
    "decoder.hidden": ["decoder.hidden.z", "decoder.hidden.h"],
    "emission": ["emission"],
    "cell.x": ["cell.x", "cell.z"],
    "cell.h": ["cell.h"],
}
BIASES = ["phi_x", "prior.hidden", "prior.out", "posterior.hidden", "posterior.out", "phi_z", "decoder.hidden"]
BIASES += ["emission", "cell.x", "cell.h"]
HOISTED = {
    "weight": {
        "phi_x": ["phi_x"],
        "posterior.x": ["posterior.hidden.x"],
        "cell.x": ["cell.x"],
        "state": ["prior.hidden", "posterior.hidden.h", "cell.h"],
        "prior.out": ["prior.out"],
        "posterior.out": ["posterior.out"],
        "phi_z": ["phi_z"],
        "cell.z": ["cell.z"],
        "decoder.z": ["decoder.hidden.z"],
        "decoder.h": ["decoder.hidden.h"],
        "emission": ["emission"],
    },
    "bias": {
        "phi_x": ["phi_x"],
        "cell.x": ["cell.x"],
        "state": ["prior.hidden", "posterior.hidden", "cell.h"],
        "prior.out": ["prior.out"],
        "posterior.out": ["posterior.out"],
        "phi_z": ["phi_z"],
        "decoder": ["decoder.hidden"],
        "emission": ["emission"],
    },
}


class Fused:
    """One leaf tensor made of named ones joined along a dimension, perhaps transposed."""

    def __init__(self, weights, names, dimension, transposed):
        self.names, self.dimension, self.transposed = names, dimension, transposed
        self.sizes = [weights[name].shape[dimension] for name in names]
        joined = torch.cat([weights[name] for name in names], dim=dimension)
        self.leaf = (joined.t() if transposed else joined).contiguous().clone().requires_grad_()

    def gradients(self):
        gradient = self.leaf.grad.t() if self.transposed else self.leaf.grad
        return dict(zip(self.names, gradient.split(self.sizes, dim=self.dimension)))


def fuse_eager(weights):
    fused = {f"{name}.bias": Fused(weights, [f"{name}.bias"], 0, False) for name in BIASES}
    for name, parts in EAGER.items():
        fused[f"{name}.weight"] = Fused(weights, [f"{part}.weight" for part in parts], 0, True)
    return fused


def fuse_hoisted(weights):
    fused = {}
    for kind, layers in HOISTED.items():
        for name, parts in layers.items():
            fused[f"{name}.{kind}"] = Fused(weights, [f"{part}.{kind}" for part in parts], -1, False)
    return fused


# --- the model -------------------------------------------------------------------------------------------


def prepare(inputs, config):
    """The tensors of a batch that no parameter touches, made once and not timed."""
    h0 = torch.zeros(config["batch"], config["hidden"])
    scaled = (inputs["x"] - inputs["center"]) / inputs["scale"]
    return batch_of(inputs["x"], scaled, inputs["mask"] > 0, inputs["noise"], h0, bernoulli)


def batch_of(x, scaled, mask, noise, h0, emission):
    """x, scaled and mask [T, B, D], noise [T, B, Z], h0 [B, H]; what the mask leaves out counts as the average."""
    observed = mask.any(dim=-1, keepdim=True)  # [T, B, 1]
    zero = torch.zeros(())
    return {
        "x_scaled": torch.where(mask, scaled, zero),
        "x": torch.where(mask, x, zero),
        "mask": mask.float(),
        "observed": observed,
        "gate": observed.float(),
        "count": observed.sum().item(),
        "eps": noise,
        "h0": h0,
        "emission": emission,
        "beta": 1.0,
    }


def divergence(sigma, sigma_0, difference):
    ratio = sigma / sigma_0
    return (0.5 * (ratio.square() + (difference / sigma_0).square() - 1) - ratio.log()).sum()


def bernoulli(logits, x, mask):
    """The negative log-likelihood of what was observed."""
    return F.binary_cross_entropy_with_logits(logits, x, weight=mask, reduction="sum")


def eager_step(p, h, phi_x, x, mask, observed, gate, eps, emission):
    """A step's negative log-likelihood, its divergence, and the state after it; phi_x are the features of x."""

    def linear(name, value):
        return F.linear(value, p[f"{name}.weight"], p[f"{name}.bias"])

    mu_0, scale_0 = linear("prior.out", linear("prior.hidden", h).relu_()).chunk(2, dim=-1)
    posterior = linear("posterior.hidden", torch.cat((phi_x, h), dim=-1)).relu_()
    d_mu, scale = linear("posterior.out", posterior).chunk(2, dim=-1)
    difference = gate * d_mu
    sigma_0 = F.softplus(scale_0) + 1e-4
    sigma = F.softplus(torch.where(observed, scale, scale_0)) + 1e-4
    z = torch.addcmul(mu_0 + difference, sigma, eps)
    phi_z = linear("phi_z", z).relu_()
    raw = linear("emission", linear("decoder.hidden", torch.cat((phi_z, h), dim=-1)).relu_())
    gates = (p[name] for name in ("cell.x.weight", "cell.h.weight", "cell.x.bias", "cell.h.bias"))
    h = torch.gru_cell(torch.cat((phi_x, phi_z), dim=-1), h, *gates)
    return emission(raw, x, mask), divergence(sigma, sigma_0, difference), h


def features(p, x_scaled):
    return F.linear(x_scaled, p["phi_x.weight"], p["phi_x.bias"]).relu_()


def eager_loss(p, batch):
    """The loss summed over steps, and the last state. The loop as one writes it, with what costs nothing to do well:
    unbound inputs, in-place relu, fused cell."""
    h = batch["h0"]
    loss = torch.zeros(())
    over_time = [features(p, batch["x_scaled"])] + [batch[name] for name in ("x", "mask", "observed", "gate", "eps")]
    for slices in zip(*(tensor.unbind(0) for tensor in over_time)):
        likelihood, kl, h = eager_step(p, h, *slices, batch["emission"])
        loss = loss + likelihood + batch["beta"] * kl
    return loss, h


def hoisted_loss(p, batch):
    """The same. Only what the next state needs stays in the loop; the rest is one product over all steps."""
    steps, size, hidden = batch["x"].shape[0], batch["x"].shape[1], batch["h0"].shape[1]

    def flat(tensor):
        return tensor.reshape(steps * size, -1)

    phi_x = torch.addmm(p["phi_x.bias"], flat(batch["x_scaled"]), p["phi_x.weight"]).relu_()  # [T·B, H]
    posterior_x = torch.mm(phi_x, p["posterior.x.weight"]).view(steps, size, hidden)
    cell_x = torch.addmm(p["cell.x.bias"], phi_x, p["cell.x.weight"]).view(steps, size, 3 * hidden)
    h = batch["h0"]
    states, differences, sigmas, sigmas_0, phi_zs = [], [], [], [], []
    over_time = [posterior_x, cell_x] + [batch[name] for name in ("observed", "gate", "eps")]
    for e_x, g_x, observed, gate, eps in zip(*(tensor.unbind(0) for tensor in over_time)):
        states.append(h)
        from_state = torch.addmm(p["state.bias"], h, p["state.weight"])  # [B, H + H + 3H]
        prior, posterior, h_ru, h_n = from_state.split((hidden, hidden, 2 * hidden, hidden), dim=-1)
        mu_0, scale_0 = torch.addmm(p["prior.out.bias"], prior.relu(), p["prior.out.weight"]).chunk(2, dim=-1)
        posterior = (posterior + e_x).relu_()
        d_mu, scale = torch.addmm(p["posterior.out.bias"], posterior, p["posterior.out.weight"]).chunk(2, dim=-1)
        difference = gate * d_mu
        sigma = F.softplus(torch.where(observed, scale, scale_0)) + 1e-4
        z = torch.addcmul(mu_0 + difference, sigma, eps)
        phi_z = torch.addmm(p["phi_z.bias"], z, p["phi_z.weight"]).relu_()
        x_ru, x_n = torch.addmm(g_x, phi_z, p["cell.z.weight"]).split((2 * hidden, hidden), dim=-1)
        r, u = torch.sigmoid(x_ru + h_ru).chunk(2, dim=-1)
        n = torch.addcmul(x_n, r, h_n).tanh_()
        h = torch.lerp(n, h, u)
        for kept, value in zip((differences, sigmas, sigmas_0, phi_zs), (difference, sigma, scale_0, phi_z)):
            kept.append(value)

    from_h = torch.mm(torch.cat(states), p["decoder.h.weight"]) + p["decoder.bias"]  # [T·B, H]
    decoder = torch.addmm(from_h, torch.cat(phi_zs), p["decoder.z.weight"]).relu_()
    logits = torch.addmm(p["emission.bias"], decoder, p["emission.weight"])  # [T·B, D]
    sigma_0 = F.softplus(torch.cat(sigmas_0)) + 1e-4
    kl = divergence(torch.cat(sigmas), sigma_0, torch.cat(differences))
    likelihood = batch["emission"](logits, flat(batch["x"]), flat(batch["mask"]))
    return likelihood + batch["beta"] * kl, h


class Vrnn(Step):
    def __init__(self, fuse, loss_of, config, weights, inputs):
        self.fused, self.loss_of, self.batch = fuse(weights), loss_of, prepare(inputs, config)
        super().__init__({name: fused.leaf for name, fused in self.fused.items()})

    def loss(self):
        total, _ = self.loss_of(self.leaves, self.batch)
        return total / self.batch["count"]

    def gradients(self):
        return {name: slope for fused in self.fused.values() for name, slope in fused.gradients().items()}


VARIANTS = {"eager": partial(Vrnn, fuse_eager, eager_loss), "hoisted": partial(Vrnn, fuse_hoisted, hoisted_loss)}
