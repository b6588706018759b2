/** The simple rule beside models of samples: a linear prediction, and a scale that follows how far it was off. */
import { CholeskyDecomposition, Matrix } from "ml-matrix";

const ORDER = 16;
/** What the scale is chosen from, on validation: what a sample leaves of it, and what it is of the mean absolute error. */
const DECAYS = [0.8, 0.9, 0.95, 0.98];
const SHARES = [0.4, 0.55, 0.72, 1];
/** Before anything was heard, in steps of 16 bits. */
const FIRST_SCALE = 300;
const LEAST_PROBABILITY = 1e-12;

/** The samples before sample t, the latest first; zeros before the beginning. */
const before = (samples, t) => Array.from({ length: ORDER }, (_, lag) => samples[t - 1 - lag] ?? 0);

/** Least squares over all recordings. */
function predictor(recordings) {
  const gram = Matrix.eye(ORDER).mul(1e-3);
  const target = Matrix.zeros(ORDER, 1);
  for (const samples of recordings)
    for (let t = 0; t < samples.length; t++) {
      const own = before(samples, t);
      for (let i = 0; i < ORDER; i++) {
        target.set(i, 0, target.get(i, 0) + own[i] * samples[t]);
        for (let j = 0; j <= i; j++) gram.set(i, j, gram.get(i, j) + own[i] * own[j]);
      }
    }
  for (let i = 0; i < ORDER; i++) for (let j = 0; j < i; j++) gram.set(j, i, gram.get(i, j));
  return new CholeskyDecomposition(gram).solve(target).to1DArray();
}

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** How likely a whole number is that is so far off: a logistic distribution over steps of 1. */
function probability(error, scale) {
  const [near, far] = [(Math.abs(error) - 0.5) / scale, (Math.abs(error) + 0.5) / scale];
  return Math.max(LEAST_PROBABILITY, sigmoid(-near) - sigmoid(-far));
}

const errorsOf = (samples, weights) =>
  samples.map((sample, t) => before(samples, t).reduce((sum, each, i) => sum - each * weights[i], sample));

function bitsPerSample(errors, { decay, share }) {
  let [bits, count] = [0, 0];
  for (const own of errors) {
    let mean = FIRST_SCALE;
    for (const error of own) {
      bits -= Math.log2(probability(error, Math.max(1, share * mean)));
      mean = decay * mean + (1 - decay) * Math.abs(error);
    }
    count += own.length;
  }
  return bits / count;
}

/**
 * Bits per sample of a linear prediction of order 16, fitted to training recordings, with logistic errors whose scale follows those of the
 * samples before, as chosen on validation.
 *
 * @param train, valid, test recordings as whole numbers of 16 bits, a Float64Array each
 * @example
 * linearPrediction({ train, valid, test }); // { bitsPerSample: 9.84, decay: 0.9, share: 0.72 }
 */
export function linearPrediction({ train, valid, test }) {
  const weights = predictor(train);
  const held = valid.map((samples) => errorsOf(samples, weights));
  const settings = DECAYS.flatMap((decay) => SHARES.map((share) => ({ decay, share })));
  const told = settings.map((each) => bitsPerSample(held, each));
  const chosen = settings[told.indexOf(Math.min(...told))];
  const errors = test.map((samples) => errorsOf(samples, weights));
  return { bitsPerSample: bitsPerSample(errors, chosen), ...chosen };
}
