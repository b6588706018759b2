"""An iteration of expectation maximisation of a linear Gaussian model, a plain numpy loop over time: python3 kalman.py FILE; prints its seconds and log-likelihood."""

import json
import sys
import time

import numpy as np

given = json.load(open(sys.argv[1]))
A, C, Q, r, P = (np.array(given[key]) for key in ("transition", "observation", "process", "noise", "initialCovariance"))
x = np.array(given["x"])
steps, n = len(x), len(A)
R = np.diag(r)
began = time.perf_counter()
m = np.zeros(n)
predicted_m, predicted_p = np.zeros((steps, n)), np.zeros((steps, n, n))
filtered_m, filtered_p = np.zeros((steps, n)), np.zeros((steps, n, n))
nats = 0.0
for t in range(steps):
    predicted_m[t], predicted_p[t] = m, P
    S = C @ P @ C.T + R
    off = x[t] - C @ m
    K = np.linalg.solve(S, C @ P).T
    nats -= 0.5 * (off @ np.linalg.solve(S, off) + np.linalg.slogdet(S)[1] + len(off) * np.log(2 * np.pi))
    m, P = m + K @ off, P - K @ C @ P
    filtered_m[t], filtered_p[t] = m, P
    m, P = A @ m, A @ P @ A.T + Q
means, spreads = filtered_m.copy(), filtered_p.copy()
crossed = np.zeros((n, n))
for t in range(steps - 2, -1, -1):
    J = np.linalg.solve(predicted_p[t + 1], A @ filtered_p[t]).T
    means[t] += J @ (means[t + 1] - predicted_m[t + 1])
    spreads[t] += J @ (spreads[t + 1] - predicted_p[t + 1]) @ J.T
    crossed += spreads[t + 1] @ J.T
square = np.einsum("ti,tj->ij", means[:-1], means[:-1]) + spreads[:-1].sum(0)
after = np.einsum("ti,tj->ij", means[1:], means[1:]) + spreads[1:].sum(0)
crossed += np.einsum("ti,tj->ij", means[1:], means[:-1])
A = np.linalg.solve(square, crossed.T).T
Q = (after - A @ crossed.T) / (steps - 1)
whole = np.einsum("ti,tj->ij", means, means) + spreads.sum(0)
C = np.linalg.solve(whole, (x.T @ means).T).T
r = np.mean(x**2, 0) - np.einsum("di,di->d", C, x.T @ means) / steps
print(json.dumps({"seconds": time.perf_counter() - began, "logLikelihood": nats}))
