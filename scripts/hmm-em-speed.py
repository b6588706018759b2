"""An iteration of Baum and Welch by numpy with plain loops over time, as in Rabiner 1989, section V: normal columns.

Reads `states columns steps` and a sequence of float64 from standard input; prints the seconds of each run and the log-likelihood.
"""
import json
import sys
import time

import numpy as np

states, columns, steps, runs = (int(word) for word in sys.argv[1:5])
x = np.frombuffer(sys.stdin.buffer.read(), dtype=np.float64).reshape(steps, columns)


def start():
    mean = np.linspace(-1.5, 1.5, states)[:, None] * np.ones(columns)
    transition = np.full((states, states), 0.5 / states) + 0.5 * np.eye(states)
    return np.full(states, 1 / states), transition, mean, np.ones((states, columns))


def iteration(initial, transition, mean, deviation):
    z = (x[:, None, :] - mean) / deviation
    logs = -(0.5 * z**2 + np.log(deviation) + 0.5 * np.log(2 * np.pi)).sum(-1)
    most = logs.max(1)
    emission = np.exp(logs - most[:, None])
    alpha = np.empty((steps, states))
    scale = np.empty(steps)
    for t in range(steps):
        predicted = initial if t == 0 else alpha[t - 1] @ transition
        row = predicted * emission[t]
        scale[t] = row.sum()
        alpha[t] = row / scale[t]
    beta = np.ones((steps, states))
    moves = np.zeros((states, states))
    for t in range(steps - 1, 0, -1):
        later = emission[t] * beta[t] / scale[t]
        beta[t - 1] = transition @ later
        moves += np.outer(alpha[t - 1], later)
    moves *= transition
    shares = alpha * beta
    weight = shares.sum(0)
    fitted = shares.T @ x / weight[:, None]
    variance = shares.T @ x**2 / weight[:, None] - fitted**2
    after = shares[0], moves / moves.sum(1, keepdims=True), fitted, np.sqrt(np.maximum(variance, 1e-8))
    return after, (np.log(scale) + most).sum()


parameters, seconds = start(), []
for _ in range(runs):
    began = time.perf_counter()
    _, likelihood = iteration(*parameters)
    seconds.append(time.perf_counter() - began)
print(json.dumps({"seconds": seconds, "logLikelihood": likelihood}))
