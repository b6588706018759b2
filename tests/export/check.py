"""Runs exported files with plain onnxruntime and compares what they give with numbers that the library gave.

    python3 tests/export/check.py FOLDER

FOLDER holds the .onnx files and expected.json: for each file its inputs and the outputs to find, as
{"file": {"inputs": {name: {"dtype", "shape", "data"}}, "outputs": {name: [numbers]}}}; null is NaN.
Needs numpy and onnxruntime. Exits with 1 when a number differs by more than 1e-5 of its size.
"""

import json
import pathlib
import sys

import numpy as np
import onnxruntime as ort


def array(tensor):
    data = [np.nan if value is None else value for value in tensor["data"]]
    return np.array(data, dtype=tensor["dtype"]).reshape(tensor["shape"])


def worst(actual, expected):
    expected = np.array(expected, dtype="float64")
    return np.max(np.abs(actual.ravel() - expected) / np.maximum(1, np.abs(expected)))


def main(folder):
    cases = json.loads((folder / "expected.json").read_text())
    failed = False
    for name, case in cases.items():
        session = ort.InferenceSession(str(folder / name), providers=["CPUExecutionProvider"])
        description = session.get_modelmeta().custom_metadata_map
        assert description["vrnn.graph"] in name, description
        names = list(case["outputs"])
        results = session.run(names, {key: array(value) for key, value in case["inputs"].items()})
        for output, actual in zip(names, results):
            error = worst(actual, case["outputs"][output])
            failed |= not error < 1e-5
            print(f"{name} {output}: {error:.2e}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
