"""Tensors in safetensors files: F32, and I64 for indices."""

import json
import math
import struct
from pathlib import Path

import torch

DTYPES = {"F32": (torch.float32, 4), "I64": (torch.int64, 8)}


def read_safetensors(path):
    data = Path(path).read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    return {name: read_tensor(data, 8 + length, entry) for name, entry in header.items()}


def read_tensor(data, base, entry):
    dtype, width = DTYPES[entry["dtype"]]
    shape, (start, _) = entry["shape"], entry["data_offsets"]
    count = math.prod(shape)
    if count == 0:
        return torch.empty(shape, dtype=dtype)
    flat = torch.frombuffer(bytearray(data[base + start : base + start + width * count]), dtype=dtype)
    return flat.reshape(shape)


def write_safetensors(path, tensors):
    header, parts, offset = {}, [], 0
    for name, tensor in tensors.items():
        part = tensor.detach().float().contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(part)]}
        parts.append(part)
        offset += len(part)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    Path(path).write_bytes(struct.pack("<Q", len(text)) + text + b"".join(parts))
