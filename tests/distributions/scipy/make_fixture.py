"""Log-probabilities, CDFs and divergences of the output distributions by SciPy, for tests/distributions/scipy.test.ts.

Run with Debian 12's /usr/bin/python3 and python3-scipy (1.10.1) in this folder; it writes fixtures/distributions.json.
Log-probabilities are SciPy's own or, where it has no such distribution or underflows, formulas in float64 written
another way than in src/distributions. Divergences are integrals (scipy.integrate.quad) or sums, not closed forms.
"""
import json
from pathlib import Path

import numpy as np
import scipy
from scipy import integrate, special, stats

cases = {}


def case(name, arguments, log_probability, cdf=None):
    """Arguments by name, each a list of equal length; x comes first."""
    values = {key: np.asarray(value, dtype=float) for key, value in arguments.items()}
    entry = {"arguments": {key: value.tolist() for key, value in values.items()},
             "logProbability": np.asarray(log_probability(**values), dtype=float).tolist()}
    if cdf is not None:
        entry["cdf"] = np.asarray(cdf(**values), dtype=float).tolist()
    assert all(np.isfinite(entry["logProbability"])), (name, entry["logProbability"])
    cases[name] = entry


def product(**lists):
    grids = np.meshgrid(*lists.values(), indexing="ij")
    return {key: grid.ravel() for key, grid in zip(lists, grids)}


# float32 represents all arguments exactly where possible, so that both precisions are asked the same question
f32 = lambda values: [float(np.float32(value)) for value in values]

# ------------------------------------------------------------------------------------------------ real columns
case("normal", product(x=f32([-30, -3.5, -0.1, 0, 0.7, 8, 100]), mean=f32([-1, 0.25]), scale=f32([0.01, 1, 7])),
     lambda x, mean, scale: stats.norm.logpdf(x, mean, scale), lambda x, mean, scale: stats.norm.cdf(x, mean, scale))

case("student-t", product(x=f32([-1e6, -40, -3.5, 0, 0.01, 0.7, 8, 1e4]), mean=f32([0.25]), scale=f32([0.01, 1, 7]),
                          freedom=f32([1.0001, 1.5, 3, 12.5, 300, 1e5])),
     lambda x, mean, scale, freedom: stats.t.logpdf(x, freedom, mean, scale))

case("laplace", product(x=f32([-1e4, -40, -3.5, 0.25, 0.7, 8]), mean=f32([0.25]), scale=f32([0.01, 1, 7])),
     lambda x, mean, scale: -np.abs(x - mean) / scale - np.log(2 * scale),  # scipy takes the log of an underflow
     lambda x, mean, scale: stats.laplace.cdf(x, mean, scale))


def laplace_mass(x, mean, scale, half):
    z, h = np.abs(x - mean) / scale, half / scale
    # the tail written as one difference of logarithms, the middle by expm1
    tail = -(z - h) + np.log(-np.expm1(-2 * h)) - np.log(2)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        middle = np.log(-0.5 * (np.expm1(-(h - z)) + np.expm1(-(h + z))))
    return np.where(z > h, tail, middle)


case("laplace-mass", product(x=f32([-40, -3.5, 0.25, 0.3125, 0.5, 8]), mean=f32([0.25]), scale=f32([0.005, 0.1, 1, 7]),
                             half=f32([0.0005, 0.05, 0.5])), laplace_mass)

# ------------------------------------------------------------------------------------------------------- counts
case("poisson", product(x=[0, 1, 2, 7, 8, 50, 999, 99999, 100000], rate=f32([1e-3, 0.5, 3, 40, 1000.5, 1e5])),
     lambda x, rate: stats.poisson.logpmf(x, rate))


def negative_binomial(x, mean, dispersion):
    # log of the product form: exact sums of log1p for the gamma quotient
    def quotient(count, r):
        steps = np.arange(count)
        return np.sum(np.log((r + steps) / (1 + steps)))
    return [quotient(int(count), r) - r * np.log1p(m / r) + count * (np.log(m) - np.log(m + r))
            for count, m, r in zip(x, mean, dispersion)]


case("negative-binomial", product(x=[0, 1, 2, 7, 50, 999, 100000], mean=f32([1e-3, 0.5, 3, 40, 1e5]),
                                  dispersion=f32([0.01, 0.7, 5, 300, 1e6])), negative_binomial)

# -------------------------------------------------------------------------------------------------- proportions
case("beta", product(x=f32([2.0**-20, 0.001, 0.25, 0.5, 0.75, 0.999, 1 - 2.0**-20]), mean=f32([0.001, 0.25, 0.5, 0.96875]),
                     concentration=f32([0.01, 1, 2, 30, 1e4])),
     lambda x, mean, concentration: (mean * concentration - 1) * np.log(x) + ((1 - mean) * concentration - 1) * np.log1p(-x)
     - special.betaln(mean * concentration, (1 - mean) * concentration))

case("logit-normal", product(x=f32([2.0**-20, 0.001, 0.25, 0.5, 0.999, 1 - 2.0**-20]), mean=f32([-3, 0, 1.5]), scale=f32([0.125, 1, 4])),
     lambda x, mean, scale: stats.norm.logpdf(special.logit(x), mean, scale) - np.log(x) - np.log1p(-x),
     lambda x, mean, scale: stats.norm.cdf(special.logit(x), mean, scale))

# --------------------------------------------------------------------------------------------------- quantised


def logistic_mass(x, mean, scale, width, first, last):
    upper, lower = (x + width / 2 - mean) / scale, (x - width / 2 - mean) / scale
    # mirrored into the left tail, where differences of the CDF keep their digits
    flip = upper + lower > 0
    a, b = np.where(flip, -upper, lower), np.where(flip, -lower, upper)
    # log(F(b) - F(a)) = log F(a) + log(expm1(log F(b) - log F(a)))
    below, above = special.log_expit(a), special.log_expit(b)
    gap = (b - a) - (np.logaddexp(0, b) - np.logaddexp(0, a))
    inner = below + np.log(np.expm1(np.maximum(gap, 1e-300)))
    small = special.log_expit(b) + special.log_expit(-a) + np.log(-np.expm1(-(b - a)))
    inner = np.where(gap > 1e-3, inner, small)
    return np.where(first > 0, special.log_expit(upper), np.where(last > 0, special.log_expit(-lower), inner))


case("logistic-mass", product(x=f32([-8, -1, 0, 0.5, 6]), mean=f32([0.25]), scale=f32([0.0078125, 0.25, 3]),
                              width=f32([2.0**-13, 0.0625]), first=[0, 1], last=[0]) , logistic_mass)

# -------------------------------------------------------------------------------------------------- divergences
divergences = {}


def divergence(name, first, second, value):
    entry = divergences.setdefault(name, {"first": [], "second": [], "divergence": []})
    entry["first"].append(first)
    entry["second"].append(second)
    entry["divergence"].append(value)


def integral(log_p, log_q, low, high, points):
    return integrate.quad(lambda x: np.exp(log_p(x)) * (log_p(x) - log_q(x)), low, high, points=points, limit=500,
                          epsabs=1e-13, epsrel=1e-12)[0]


for (m1, s1), (m2, s2) in [((0, 1), (0, 1)), ((0.5, 0.5), (-1, 2)), ((3, 2), (1, 0.75))]:
    for name, family in [("normal", stats.norm), ("laplace", stats.laplace)]:
        divergence(name, [m1, s1], [m2, s2], integral(lambda x: family.logpdf(x, m1, s1), lambda x: family.logpdf(x, m2, s2),
                                                      m1 - 40 * s1, m1 + 40 * s1, [m1, m2]))
for first, second in [(0.5, 3), (40, 35), (3, 3.5), (1000, 1100)]:
    k = np.arange(0, 4000)
    p, q = stats.poisson.logpmf(k, first), stats.poisson.logpmf(k, second)
    divergence("poisson", [first], [second], float(np.sum(np.exp(p) * (p - q))))
for (m1, n1), (m2, n2) in [((0.25, 4), (0.5, 6)), ((0.96875, 100), (0.9375, 64)), ((0.5, 3), (0.25, 2.5))]:
    p, q = stats.beta(m1 * n1, (1 - m1) * n1), stats.beta(m2 * n2, (1 - m2) * n2)
    divergence("beta", [m1, n1], [m2, n2], integral(p.logpdf, q.logpdf, 0, 1, [m1]))
for first, second in [(-3, 2), (0.5, 0.5), (30, 20), (0, 4)]:
    p, q = special.expit([-first, first]), [special.log_expit(-second), special.log_expit(second)]
    logs = [special.log_expit(-first), special.log_expit(first)]
    divergence("bernoulli", [first], [second], float(np.sum(p * (np.array(logs) - q))))

# -------------------------------------------------------------------------------------------- special functions
x = f32([1e-6, 0.01, 0.5, 1, 1.5, 2, 3, 7.999, 8, 8.001, 30, 1e3, 1e5, 1e8])
functions = {"x": x, "lgamma": special.gammaln(x).tolist(), "digamma": special.digamma(x).tolist(),
             "log1p": special.log1p(x).tolist(), "log1mExp": [float(np.log(-np.expm1(-v))) for v in x]}

note = f"made by make_fixture.py with SciPy {scipy.__version__}"
here = Path(__file__).parent / "fixtures" / "distributions.json"
here.write_text(json.dumps({"note": note, "cases": cases, "divergences": divergences, "functions": functions}, indent=1) + "\n")
