"""PyTorch's side of the benchmark, driven over standard input and output.

    python3 server.py

Prints one JSON line {"torch", "blas", "kernel", ...}, then answers each JSON line with one JSON line:

    {"cmd": "products"}                                              -> {"error": worst relative to float64}
    {"cmd": "gemm", "size": n, "threads": k}                         -> {"gflops": best}
    {"cmd": "setup", "module", "variant", "config", "weights": path, "inputs": path}
    {"cmd": "gradients", "out": path, "threads": k, "blasThreads": k} -> {"loss"}
    {"cmd": "step", "count": n, "threads": k, "blasThreads": k}      -> {"ms": [...]}
    {"cmd": "probe", "count": n, "threads": k, "blasThreads": k}     -> the same of a part, where a step is long
    {"cmd": "forget"}                                                frees what setup made
    {"cmd": "memory"}                                                -> {"megabytes": most resident so far}

"threads" are those of PyTorch's own kernels, "blasThreads" those of OpenBLAS, which keeps a pool apart: two spinning
pools on as many cores hinder each other, so the best setting is to be sought among both.

A module is a file beside this one with VARIANTS, which make of (config, weights, inputs) an object with `run()`, one
training step that returns its loss, and `gradients()`, those of the last step by our names. A weight is [in, out].
A command that fails is answered {"failed": ...}.
"""

import importlib
import json
import sys
from pathlib import Path

import torch
from tensors import read_safetensors, write_safetensors
from threads import blas, gemm, milliseconds, set_threads, worst_product


def peak_megabytes():
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1000
    raise ValueError("/proc/self/status has no VmHWM")


class Server:
    def __init__(self):
        self.step = None
        self.commands = {
            "products": worst_product,
            "gemm": gemm,
            "setup": self.setup,
            "gradients": self.gradients,
            "step": lambda **setting: self.timed(self.step.run, **setting),
            "probe": lambda **setting: self.timed(self.step.probe, **setting),
            "forget": self.forget,
            "memory": lambda: {"megabytes": peak_megabytes()},
        }

    def setup(self, module, variant, config, weights, inputs):
        make = importlib.import_module(module).VARIANTS[variant]
        self.step = make(config, read_safetensors(weights), read_safetensors(inputs))
        return {}

    def gradients(self, out, threads, blasThreads):
        set_threads(threads, blasThreads)
        loss = self.step.run()
        write_safetensors(out, {"loss": loss, **self.step.gradients()})
        return {"loss": loss.item()}

    @staticmethod
    def timed(work, count, threads, blasThreads):
        set_threads(threads, blasThreads)
        return {"ms": [milliseconds(work) for _ in range(count)]}

    def forget(self):
        self.step = None
        return {}

    def answer(self, line):
        try:
            request = json.loads(line)
            return self.commands[request.pop("cmd")](**request)
        except Exception as error:  # the bench that drives this process reports it
            return {"failed": f"{type(error).__name__}: {error}"}


def main():
    server = Server()
    print(json.dumps({"torch": torch.__version__, **blas()}), flush=True)
    for line in sys.stdin:
        print(json.dumps(server.answer(line)), flush=True)


if __name__ == "__main__":
    main()
