/** The windowed Gaussian detector of the Numenta Anomaly Benchmark with its published settings; it reaches 39.6 there. */

const WINDOW = 6400;
const STEP = 100;
/** Rounded as in the published detector. */
const ROOT = 14_142 / 10_000;

/**
 * 1 − the tail probability of each value by mean and deviation of the values before it. As the published scores were
 * written with twelve digits, so are these: that decides which of them are exactly 1.
 */
export function windowedGaussian(values) {
  const window = [];
  let [mean, deviation, pending] = [0, 1, []];
  const update = () => {
    mean = window.reduce((sum, value) => sum + value, 0) / window.length;
    deviation =
      Math.sqrt(window.reduce((sum, value) => sum + (value - mean) ** 2, 0) / window.length) || 1e-6;
  };
  return Float64Array.from(values, (value) => {
    const score = window.length === 0 ? 0 : 1 - 0.5 * erfc(Math.abs(value - mean) / deviation / ROOT);
    if (window.length < WINDOW) {
      window.push(value);
      update();
    } else {
      pending.push(value);
      if (pending.length === STEP) {
        window.splice(0, STEP);
        window.push(...pending);
        pending = [];
        update();
      }
    }
    return Number(score.toPrecision(12));
  });
}

/** The complementary error function for x ≥ 0, to some 1e-15: a series near 0, a continued fraction beyond. */
export function erfc(x) {
  if (x < 2) {
    let [term, sum] = [x, x];
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let n = 100; n > 0; n--) fraction = n / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}
