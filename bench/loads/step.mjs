/** A training step of ours as the rivals are given it: forward pass, backward pass and all gradients of one batch. */

/** A tensor of a batch: its value, and along which axis its rows lie. */
export const batched = (axis, dtype, shape, data) => ({ axis, value: { dtype, shape, data } });

const lengthOfShape = (shape) => shape.reduce((all, size) => all * size, 1);

/** A number that is the same for all rows. */
export const scalar = (value) => ({ dtype: "float32", shape: [], data: Float32Array.of(value) });

/** Zeros for each row of a batch, such as a state at rest: `[rows, ...shape]`. */
export const zeros = (rows, shape) =>
  batched(0, "float32", [rows, ...shape], new Float32Array(rows * lengthOfShape(shape)));

/** How long each of some runs takes, in ms. */
export async function timesOf(count, run) {
  const times = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return times;
}

/** Standard normal numbers of a stream of their own. */
export function normals(vrnn, name, axis, shape) {
  const data = new Float32Array(lengthOfShape(shape));
  vrnn.Random.stream(1, "bench", name).fillNormal(data);
  return batched(axis, "float32", shape, data);
}

/** Whole numbers from 0 up to some size. */
export function integers(vrnn, name, axis, shape, size) {
  const random = vrnn.Random.stream(1, "bench", name);
  const draw = () => BigInt(Math.floor(size * random.uniform()));
  return batched(axis, "int64", shape, BigInt64Array.from({ length: lengthOfShape(shape) }, draw));
}

/**
 * The program of a loss that is written on a graph: `loss`, `gradient` `[P]` of all parameters, and `slope.<input>` of
 * those inputs whose gradients are wanted too. What can leave the loops does so before it is differentiated.
 *
 * @param loss given a net and the inputs
 * @param rows of a shard, where programs may be laid out for them
 */
export function stepProgram(vrnn, { parameters, inputs, loss, wanted = [], rows }) {
  const passes = vrnn.nodeRuntime().passesFor?.(rows === undefined ? {} : { B: rows });
  const { graph, optimise, gradients, compile, unpackWeights, plainNet } = vrnn;
  const flat = graph.input("parameters", [lengthOf(parameters)]);
  const { weights, tensors } =
    parameters.length > 0 ? unpackWeights(parameters, flat) : { weights: undefined, tensors: [] };
  const towards = [...tensors, ...wanted.map((name) => inputs[name])];
  const [lossOut, ...points] = optimise([loss(plainNet(weights), inputs), ...towards]);
  const slopes = gradients(lossOut, points);
  const packed = slopes
    .slice(0, tensors.length)
    .map((slope, i) => graph.reshape(slope, [sizeOf(parameters[i])]));
  return compile(
    {
      loss: lossOut,
      ...(packed.length > 0 && { gradient: graph.concat(packed) }),
      ...Object.fromEntries(wanted.map((name, i) => [`slope.${name}`, slopes[tensors.length + i]])),
    },
    { passes },
  );
}

const sizeOf = ({ shape }) => lengthOfShape(shape);
const lengthOf = (parameters) => parameters.reduce((all, each) => all + sizeOf(each), 0);

export class TrainingStep {
  /**
   * @param vrnn what this project exports, of the build that is measured
   * @param shards on how many cores the batch is dealt out
   * @param program its outputs are `gradient` and `slope.<input>`
   * @param batch what is cut into shards, by the names of inputs
   * @param shared the same for all shards
   * @param beside what rivals are told beside the batch
   */
  static async create(vrnn, shards, { program, parameters, batch, shared = {}, beside = {} }) {
    const executable = await vrnn.nodeRuntime().compileShards(program, shards);
    const step = Object.assign(new TrainingStep(), {
      vrnn,
      shards,
      executable,
      parameters,
      batch,
      shared,
      beside,
    });
    step.weights = vrnn.initialWeights(parameters, 1);
    await step.times(2);
    return step;
  }

  /** How long each of some steps takes, in ms. */
  async times(count) {
    const times = [];
    for (let i = 0; i < count; i++) times.push((await this.#run()).ms);
    return times;
  }

  async #run() {
    const feeds = this.#feeds();
    const flat = { dtype: "float32", shape: [this.weights.length], data: this.weights };
    const shared = { ...this.shared, ...(this.weights.length > 0 && { parameters: flat }) };
    const start = performance.now();
    const results = await this.executable.run(shared, feeds);
    return { ms: performance.now() - start, results };
  }

  /** The inputs of each shard, in buffers of their own: they are handed over to where they are computed. */
  #feeds() {
    const entries = Object.entries(this.batch);
    const [[, { axis, value }]] = entries;
    return this.vrnn
      .shardRows(value.shape[axis], this.shards)
      .map((range) => Object.fromEntries(entries.map(([name, part]) => [name, cut(part, range)])));
  }

  /** Weights, inputs and gradients by name, for the rivals. */
  async tensors() {
    const inputs = Object.entries(this.batch).map(([name, { value }]) => [name, value]);
    return {
      weights: named(this.parameters, this.weights),
      inputs: { ...Object.fromEntries(inputs), ...this.beside },
      gradients: this.#joined((await this.#run()).results),
    };
  }

  /** Gradients of shared things are summed over shards, those of a shard's own rows put side by side. */
  #joined(results) {
    const sum = new Float32Array(this.weights.length);
    for (const { gradient } of results) for (let i = 0; i < sum.length; i++) sum[i] += gradient.data[i];
    const wanted = Object.keys(results[0]).filter((name) => name.startsWith("slope."));
    const slopes = wanted.map((name) => {
      const { axis, value } = this.batch[name.slice("slope.".length)];
      const parts = results.map((result) => result[name]);
      return [name, join(axis, value.shape, parts)];
    });
    return { ...named(this.parameters, sum), ...Object.fromEntries(slopes) };
  }

  dispose() {
    return this.executable.dispose();
  }
}

/** The tensors of a flat vector by the names of parameters. */
export function named(parameters, flat) {
  let from = 0;
  return Object.fromEntries(
    parameters.map(({ name, shape }) => {
      const data = flat.subarray(from, from + lengthOfShape(shape));
      from += data.length;
      return [name, { dtype: "float32", shape, data }];
    }),
  );
}

/** How many numbers lie before and behind an axis. */
const around = (shape, axis) => ({
  outer: sizeOf({ shape: shape.slice(0, axis) }),
  inner: sizeOf({ shape: shape.slice(axis + 1) }),
});

/** Some rows of a tensor. */
function cut({ axis, value: { dtype, shape, data } }, { from, to }) {
  const { outer, inner } = around(shape, axis);
  const width = (to - from) * inner;
  const rows = new data.constructor(outer * width);
  for (let i = 0; i < outer; i++) {
    const start = (i * shape[axis] + from) * inner;
    rows.set(data.subarray(start, start + width), i * width);
  }
  return { dtype, shape: shape.with(axis, to - from), data: rows };
}

/** Tensors of fewer rows side by side. */
function join(axis, shape, parts) {
  const { outer, inner } = around(shape, axis);
  const data = new Float32Array(sizeOf({ shape }));
  let from = 0;
  for (const part of parts) {
    const width = part.shape[axis] * inner;
    for (let i = 0; i < outer; i++)
      data.set(part.data.subarray(i * width, (i + 1) * width), i * shape[axis] * inner + from);
    from += width;
  }
  return { dtype: "float32", shape, data };
}
