"""Threads of PyTorch and of its linear algebra library, the kernels that library has chosen, and whether they are right."""

import ctypes
import time
from pathlib import Path

import numpy
import torch


def loaded_libraries(*words):
    maps = Path("/proc/self/maps")
    lines = maps.read_text().splitlines() if maps.exists() else []
    paths = {line.split()[-1] for line in lines if "/" in line}
    return sorted(path for path in paths if any(word in Path(path).name for word in words))


def openblas():
    """OpenBLAS keeps threads of its own, which torch.set_num_threads does not reach."""
    paths = loaded_libraries("libopenblas")
    return ctypes.CDLL(paths[0]) if paths else None


def set_threads(count, blas_count):
    torch.set_num_threads(count)
    library = openblas()
    if library is not None:
        library.openblas_set_num_threads(blas_count)


def blas():
    """The library's description of itself, and the kernels that it has taken."""
    library = openblas()
    if library is None:
        names = " ".join(Path(path).name for path in loaded_libraries("libblas", "mkl")) or "unknown"
        return {"blas": names, "kernel": names}
    for function in (library.openblas_get_config, library.openblas_get_corename):
        function.restype = ctypes.c_char_p
    return {
        "blas": library.openblas_get_config().decode().strip(),
        "kernel": library.openblas_get_corename().decode(),
    }


# Odd sizes, single rows, and the tall and flat ones of recurrent networks.
SHAPES = [(1, 300, 77), (17, 33, 65), (64, 512, 2560), (200, 64, 31), (257, 129, 511)]


def worst_product():
    """The largest error of some products, each operand plain and transposed, relative to float64 sums without BLAS."""
    generator = torch.Generator().manual_seed(1)
    worst = 0.0
    for rows, inner, columns in SHAPES:
        a = torch.randn(rows, inner, generator=generator)
        b = torch.randn(inner, columns, generator=generator)
        exact = numpy.einsum("ij,jk->ik", a.numpy().astype("float64"), b.numpy().astype("float64"))
        for left in (a, a.t().contiguous().t()):
            for right in (b, b.t().contiguous().t()):
                error = numpy.abs((left @ right).numpy() - exact).max() / numpy.abs(exact).max()
                worst = max(worst, float(error))
    return {"error": worst}


def milliseconds(work):
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def gemm(size, threads, seconds=0.15):
    """The best of many products of two square matrices."""
    set_threads(threads, threads)
    a, b, out = torch.randn(size, size), torch.randn(size, size), torch.empty(size, size)
    torch.mm(a, b, out=out)
    times, end = [], time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < end:
        times.append(milliseconds(lambda: torch.mm(a, b, out=out)))
    return {"gflops": 2 * size**3 / min(times) / 1e6}
