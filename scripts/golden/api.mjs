/**
 * All that the golden files ask of the project, in words that do not change with its names. A commit that renames an
 * option or moves a function mends this file and no other; what it returns stays the same, bit for bit.
 */
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** Loads a build: the folder of a checkout with its `dist/`. */
export async function load(build) {
  const part = (file) => import(pathToFileURL(join(resolve(build), "dist", file)).href);
  const [vrnn, { nodeRuntime }, ort] = await Promise.all([
    part("index.js"),
    part("node.js"),
    import("onnxruntime-node"),
  ]);
  const runtime = nodeRuntime();

  const dataset = (arrays, { kinds, statics = [], covariates = [] }) =>
    vrnn.datasetFromArrays(arrays, { kinds, statics, covariates });

  /** What a data set holds: the values of all sequences, what is known beside them, and statistics of the columns. */
  const contents = ({ columns, conditions = [], splits }) => ({
    columns: flat(
      [...columns, ...conditions].map((column) => [column.mean, column.standardDeviation, ...column.shares]),
    ),
    ...numbered(Object.values(splits).flat(), ({ values, conditions }) => ({
      values,
      ...(conditions && { conditions }),
    })),
  });

  /** The numbers that a trainer holds, by name: one for each parameter, `weights/…`, and for what else it carries. */
  function held({ tensors, cursor }, { parameters }) {
    const size = parameters.reduce((all, { shape }) => all + product(shape), 0);
    const names = { parameters: "weights", best: "best weights" };
    const entries = Object.entries(tensors).flatMap(([name, { data }]) =>
      data.length === size
        ? pieces(parameters, data).map(([part, values]) => [`${names[name] ?? name}/${part}`, values])
        : [[names[name] ?? name, data.slice()]],
    );
    const { sums, bestValid } = cursor;
    const counters = [bestValid ?? Number.NaN, sums.logLikelihood, sums.kl, sums.steps];
    return { ...Object.fromEntries(entries), cursor: Float64Array.from(counters) };
  }

  /**
   * Trains a model for some updates. `look` sees the trainer's numbers before the first, after the first and after the
   * last; the events come back as numbers.
   */
  async function train(data, { model: shape, training }, updates, look) {
    const model = vrnn.modelFamilies.vrnn.build(data, shape);
    const options = vrnn.trainingOptions.parse(training);
    const trainer = await vrnn.Trainer.create({ model, data, options, runtime });
    try {
      const steps = [];
      const epochs = [];
      look("before", held(trainer.state, model));
      for await (const event of trainer.fit()) {
        if (event.type === "epoch") epochs.push(...boundOf(event.train), ...boundOf(event.valid));
        if (event.type !== "step") continue;
        steps.push({ natsPerStep: event.natsPerStep, gradientNorm: event.gradientNorm });
        if (event.step === 1) look("after 1", held(trainer.state, model));
        if (event.step === updates) break;
      }
      look(`after ${updates}`, held(trainer.state, model));
      const bound = boundOf(await trainer.evaluate([...data.splits.valid, ...data.splits.test]));
      const trained = { runtime, model, weights: trainer.weights.slice(), columns: data.columns };
      return { trained, steps, epochs, bound };
    } finally {
      await trainer.dispose();
    }
  }

  /** Each task as numbers by name. `about` holds the sequences, their conditions to come and the sizes of the task. */
  const tasks = {
    async score(trained, { sequences }) {
      const scores = await vrnn.scoreSequences({
        ...trained,
        sequences,
        seed: 3,
        samples: 2,
        batchSize: 2,
        window: 5,
      });
      return numbered(scores, ({ total, logLikelihood, kl, latent, emissionMean }) => ({
        total,
        logLikelihood,
        kl,
        latent,
        expected: emissionMean,
      }));
    },
    async sample(trained, { steps, known }) {
      const settings = { ...trained, count: 3, steps, ...(known && { known }), window: 5 };
      const [plain, tame] = [
        await vrnn.sampleSequences({ ...settings, seed: 4 }),
        await vrnn.sampleSequences({ ...settings, seed: 5, temperature: 0.5 }),
      ];
      return numbered([...plain, ...tame], ({ values }) => ({ values }));
    },
    async forecast(trained, { sequences, steps, known }) {
      const future = known && sequences.map(() => known);
      const settings = { ...trained, sequences, horizon: steps, particles: 6, seed: 6 };
      const forecasts = await vrnn.forecastSequences({ ...settings, ...(future && { future }) });
      return numbered(forecasts, ({ samples, emissionMean }) => ({
        samples: flat(samples),
        expected: emissionMean,
      }));
    },
    async backtest(trained, { sequences, steps }) {
      const settings = { ...trained, sequences, horizon: steps, every: 3, particles: 4, seed: 7 };
      const casts = [];
      for await (const some of vrnn.backtest(settings)) casts.push(...some);
      return numbered(casts, ({ samples }) => ({ samples: flat(samples) }));
    },
    async impute(trained, { sequences }) {
      const imputed = await vrnn.imputeSequences({ ...trained, sequences, particles: 6, seed: 8, lag: 3 });
      return numbered(imputed, ({ imputed, gaps }) => ({
        filled: imputed.values,
        draws: flat(gaps.map(({ draws }) => draws)),
      }));
    },
    async encode(trained, { sequences }) {
      const encoded = await vrnn.encodeSequences({ ...trained, sequences, particles: 6, seed: 9 });
      return numbered(encoded, ({ mean, scale, state }) => ({ mean, scale, ...prefixed("state/", state) }));
    },
    async filter(trained, { sequences }) {
      const filtered = await vrnn.filterSequences({ ...trained, sequences, particles: 6, seed: 10 });
      return numbered(filtered, ({ forecast, forecastMean, emissionMean }) => ({
        forecast: flat(forecast),
        forecastMean,
        expected: flat(emissionMean),
      }));
    },
    async stream(trained, { sequences }) {
      const [sequence] = sequences;
      const width = trained.columns.length;
      const rowAt = (values, t, size) => values.slice(t * size, (t + 1) * size);
      const answers = [];
      for (const forecast of ["interval", "mean"]) {
        const stream = await vrnn.Stream.open({ ...trained, seed: 11, draws: 8, forecast });
        for (let t = 0; t < sequence.length; t++) {
          const { conditions, length } = sequence;
          const condition = conditions && rowAt(conditions, t, conditions.length / length);
          answers.push(await stream.step(rowAt(sequence.values, t, width), condition && { condition }));
        }
        await stream.close();
      }
      return numbered(answers, ({ total, logLikelihood, kl, emissionMean, latent, forecast }) => ({
        bound: Float64Array.of(total, kl),
        logLikelihood,
        expected: emissionMean,
        latent,
        forecast: flat([forecast.mean, forecast.low ?? [], forecast.high ?? []]),
      }));
    },
    /** Fitted to all sequences but the first, which have to have a hundred steps. */
    async detect(trained, { sequences }) {
      const scores = await vrnn.scoreSequences({ ...trained, sequences, seed: 12 });
      const entries = scores.map((own, i) => vrnn.entryScores({ sequence: sequences[i], scores: own }));
      const detector = vrnn.fitDetector(vrnn.detectedColumns(trained.columns), entries.slice(1));
      const found = vrnn.detect(entries[0], detector).scores;
      return { found, threshold: Float64Array.of(detector.threshold) };
    },
    async export(trained) {
      const exported = { ...trained, family: "vrnn", version: "golden" };
      const results = {};
      for (const name of ["score", "step", "sample", "encode"]) {
        const { model: bytes } = vrnn.exportGraph(name, exported);
        for (const [output, values] of Object.entries(await outputsOf(ort, bytes)))
          results[`${name}/${output}`] = values;
      }
      return results;
    },
  };

  return { dataset, contents, train, tasks };
}

/** What an exported file answers to fixed inputs: T = 4 steps of B = 2 sequences. */
async function outputsOf(ort, bytes) {
  const session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  try {
    const sizes = { T: 4, B: 2 };
    const feeds = session.inputMetadata.map(({ name, type, shape }) => {
      const dims = shape.map((size) => (typeof size === "number" ? size : sizes[size]));
      // From 0.1 to 0.9 and never the same twice running: within reach of every kind of column and of every draw.
      const values = Array.from({ length: product(dims) }, (_, i) => 0.1 + 0.8 * ((i * 0.381966) % 1));
      const whole = name === "x" || name.startsWith("state.begun") ? values.map(Math.round) : values;
      const array = type === "float64" ? Float64Array.from(whole) : Float32Array.from(whole);
      return [name, new ort.Tensor(type, array, dims)];
    });
    const results = await session.run(Object.fromEntries(feeds));
    return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data]));
  } finally {
    await session.release();
  }
}

const product = (shape) => shape.reduce((all, size) => all * size, 1);
const boundOf = ({ natsPerStep, logLikelihood, kl }) => [natsPerStep, logLikelihood, kl];
const flat = (arrays) => Float64Array.from(arrays.flatMap((array) => [...array]));

const prefixed = (prefix, values) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]));

/** The numbers of each of some results, under its place from 1. */
const numbered = (results, numbersOf) =>
  Object.assign({}, ...results.map((result, i) => prefixed(`${i + 1}/`, numbersOf(result))));

/** A flat vector of all parameters as copies of its parts, by name, in the order of names. */
function pieces(parameters, flatValues) {
  let offset = 0;
  const parts = parameters.map(({ name, shape }) => {
    const start = offset;
    offset += product(shape);
    return [name, flatValues.slice(start, offset)];
  });
  return parts.sort(([a], [b]) => (a < b ? -1 : 1));
}
