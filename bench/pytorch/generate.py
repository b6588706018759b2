"""The texts of loads/generate.mjs: a token drawn and read before the next, by torch.nn's recurrent layers a step at a time."""

import torch
from step import Step
from torch.nn import functional as F


class Writer(Step):
    def __init__(self, config, weights, inputs):
        self.config = config
        self.p = {name: (w.t().contiguous() if w.dim() == 2 else w) for name, w in weights.items()}
        self.p["embedding.weight"] = weights["embedding.weight"]
        self.cells = torch.nn.LSTM(config["hidden"], config["hidden"], config["layers"])
        below = ["x"] + ["below"] * (config["layers"] - 1)
        with torch.no_grad():
            for layer, reads in enumerate(below):
                name = "cell" if layer == 0 else f"cell.{layer}"
                for side, own, letter in (("x", reads, "i"), ("h", "h", "h")):
                    getattr(self.cells, f"weight_{letter}h_l{layer}").copy_(self.p[f"{name}.{own}.weight"])
                    getattr(self.cells, f"bias_{letter}h_l{layer}").copy_(self.p[f"{name}.{side}.bias"])
        super().__init__({})

    def linear(self, name, value):
        return F.linear(value, self.p[f"{name}.weight"], self.p[f"{name}.bias"])

    @torch.inference_mode()
    def run(self):
        config = self.config
        state = tuple(torch.zeros(config["layers"], config["count"], config["hidden"]) for _ in "hc")
        ids = []
        for _ in range(config["steps"]):
            told = self.linear("decoder.hidden", state[0][-1]).relu_()  # [B, H]
            shares = F.softmax(self.linear("emission", told) / config["temperature"], dim=-1)  # [B, V]
            token = torch.multinomial(shares, 1).squeeze(-1)  # [B]
            ids.append(token)
            x = self.linear("phi_x", F.embedding(token, self.p["embedding.weight"])).relu_()  # [B, H]
            _, state = self.cells(x.unsqueeze(0), state)
        self.ids = torch.stack(ids, dim=1).float()  # [B, T]
        return self.ids.mean()

    def gradients(self):
        return {"ids": self.ids}


VARIANTS = {"eager": Writer}
