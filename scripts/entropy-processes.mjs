/**
 * For each output distribution a first-order process of its kind, in plain float64 arithmetic that shares nothing with
 * the graph: `draw(last, random)` gives the next row after the last one, `logProbability(row, last)` its true nats.
 */
const squash = Math.tanh;
const sigmoid = (y) => 1 / (1 + Math.exp(-y));
const { exp, log, PI, sqrt, abs } = Math;

/** Lanczos, g = 7. */
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
function lgamma(x) {
  if (x < 0.5) return log(PI / Math.sin(PI * x)) - lgamma(1 - x);
  const sum = lanczos.reduce((all, c, i) => all + (i === 0 ? c : c / (x - 1 + i)), 0);
  return 0.5 * log(2 * PI) + (x - 0.5) * log(x + 6.5) - (x + 6.5) + log(sum);
}

const normalNats = (x, mean, scale) => -0.5 * ((x - mean) / scale) ** 2 - log(scale) - 0.5 * log(2 * PI);
const studentNats = (x, mean, scale, nu) =>
  lgamma((nu + 1) / 2) -
  lgamma(nu / 2) -
  0.5 * log(nu * PI) -
  log(scale) -
  ((nu + 1) / 2) * Math.log1p(((x - mean) / scale) ** 2 / nu);
const laplaceNats = (x, mean, scale) => -abs(x - mean) / scale - log(2 * scale);
const poissonNats = (k, rate) => k * log(rate) - rate - lgamma(k + 1);
const negativeBinomialNats = (k, mean, r) =>
  lgamma(k + r) - lgamma(r) - lgamma(k + 1) + r * log(r / (r + mean)) + k * log(mean / (r + mean));
const betaNats = (x, a, b) =>
  (a - 1) * log(x) + (b - 1) * Math.log1p(-x) + lgamma(a + b) - lgamma(a) - lgamma(b);
const inflated =
  (zero, nats, isMass) =>
  (k, ...rest) =>
    k === 0
      ? log(zero + (isMass ? (1 - zero) * exp(nats(k, ...rest)) : 0))
      : log(1 - zero) + nats(k, ...rest);

function gamma(random, shape) {
  if (shape < 1) return gamma(random, shape + 1) * random.uniform() ** (1 / shape);
  const d = shape - 1 / 3;
  for (;;) {
    const z = random.normal();
    const v = (1 + z / sqrt(9 * d)) ** 3;
    if (v > 0 && log(random.uniform()) < 0.5 * z * z + d - d * v + d * log(v)) return d * v;
  }
}
function poisson(random, rate) {
  let [k, product] = [0, random.uniform()];
  for (; product > exp(-rate); k++) product *= random.uniform();
  return k;
}
const laplace = (random) => log(random.uniform() || 1e-9) * (random.uniform() < 0.5 ? -1 : 1);
const beta = (random, a, b) => {
  const [p, q] = [gamma(random, a), gamma(random, b)];
  return p / (p + q);
};

/** A row of one entry from a sampler and its nats, with parameters that depend on the last entry. */
const single = (kind, start, parameters, draw, nats, column = {}) => ({
  columns: [{ kind, ...column }],
  start: [start],
  draw: ([last], random) => [draw(random, ...parameters(last))],
  logProbability: ([x], [last]) => nats(x, ...parameters(last)),
});

const level = (last) => [1.2 * squash(last), 0.4 + 0.2 * squash(last)];
const rates = (last) => [exp(1.2 + 0.8 * squash(log(1 + last) - 1.4))];
const twoModes = (last) => [
  sigmoid(1.5 * squash(last)),
  -1 + 0.3 * squash(last),
  1 + 0.3 * squash(last),
  0.35,
];
const modesNats = (x, p, low, high, scale) =>
  log((1 - p) * exp(normalNats(x, low, scale)) + p * exp(normalNats(x, high, scale)));
const modesDraw = (random, p, low, high, scale) =>
  (random.uniform() < p ? high : low) + scale * random.normal();
const shares = (last) => [2 + 4 * last, 6 - 4 * last];
const chain = [
  [0.7, 0.2, 0.1],
  [0.1, 0.6, 0.3],
  [0.4, 0.1, 0.5],
];

/** Cells of 8 bits under one logistic distribution; draws are rounded into them. */
const cell = (last) => [128 + 60 * squash((last - 128) / 60), 9];
const cellNats = (k, mean, scale) => {
  const upTo = (x) => sigmoid((x - mean) / scale);
  return log((k === 255 ? 1 : upTo(k + 0.5)) - (k === 0 ? 0 : upTo(k - 0.5)));
};
const cellDraw = (random, mean, scale) => {
  const u = Math.min(1 - 1e-9, Math.max(1e-9, random.uniform()));
  return Math.min(255, Math.max(0, Math.round(mean + scale * log(u / (1 - u)))));
};

const normalDraw = (random, mean, scale) => mean + scale * random.normal();
const inflatedDraw =
  (zero, draw) =>
  (random, ...rest) =>
    random.uniform() < zero ? 0 : draw(random, ...rest);
const negativeBinomialDraw = (random, mean, r) => poisson(random, (gamma(random, r) * mean) / r);
const withDispersion = (last) => [...rates(last), 3];
const realGrid = { resolution: 0 };

export const processes = {
  bernoulli: single(
    "binary",
    0,
    (last) => [last ? 0.8 : 0.25],
    (random, p) => (random.uniform() < p ? 1 : 0),
    (x, p) => log(x ? p : 1 - p),
  ),
  categorical: single(
    "categorical",
    0,
    (last) => [chain[last]],
    (random, p) => random.categorical(p),
    (x, p) => log(p[x]),
    { levels: ["a", "b", "c"] },
  ),
  gaussian: single("real", 0, level, normalDraw, normalNats, realGrid),
  mixture: single("real", 0, twoModes, modesDraw, modesNats, realGrid),
  persistent: single("real", 0, (last) => [0.95 * last, 0.3], normalDraw, normalNats, realGrid),
  "student-t": single(
    "real",
    0,
    (last) => [...level(last), 4],
    (random, mean, scale, nu) => mean + (scale * random.normal()) / sqrt((2 * gamma(random, nu / 2)) / nu),
    studentNats,
    realGrid,
  ),
  laplace: single(
    "real",
    0,
    level,
    (random, mean, scale) => mean + scale * laplace(random),
    laplaceNats,
    realGrid,
  ),
  bivariate: {
    columns: [
      { kind: "real", ...realGrid },
      { kind: "real", ...realGrid },
    ],
    start: [0, 0],
    draw: ([a, b], random) => {
      const x = normalDraw(random, squash(a + b), 0.5);
      return [x, normalDraw(random, 0.5 * squash(b) + 0.8 * x, 0.3)];
    },
    logProbability: ([x, y], [a, b]) =>
      normalNats(x, squash(a + b), 0.5) + normalNats(y, 0.5 * squash(b) + 0.8 * x, 0.3),
  },
  poisson: single("count", 0, rates, poisson, poissonNats),
  "negative-binomial": single("count", 0, withDispersion, negativeBinomialDraw, negativeBinomialNats),
  "zero-inflated-poisson": single(
    "count",
    0,
    rates,
    inflatedDraw(0.3, poisson),
    inflated(0.3, poissonNats, true),
  ),
  "zero-inflated-negative-binomial": single(
    "count",
    0,
    withDispersion,
    inflatedDraw(0.3, negativeBinomialDraw),
    inflated(0.3, negativeBinomialNats, true),
  ),
  beta: single("proportion", 0.5, shares, beta, betaNats),
  "logit-normal": single(
    "proportion",
    0.5,
    (last) => [1.5 * (2 * last - 1), 0.7],
    (random, mean, scale) => sigmoid(normalDraw(random, mean, scale)),
    (x, mean, scale) => normalNats(log(x / (1 - x)), mean, scale) - log(x * (1 - x)),
  ),
  "zero-inflated-beta": single(
    "proportion",
    0.5,
    shares,
    inflatedDraw(0.25, beta),
    inflated(0.25, betaNats, false),
  ),
  logistics: single("quantised", 128, cell, cellDraw, cellNats),
};
