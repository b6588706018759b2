/** jax-js on its WebAssembly backend, the step compiled once. */
import { load, versionOf } from "./installed.mjs";
import { lossOf } from "./vrnn-loss.mjs";

export async function start() {
  const jax = await load("@jax-js/jax");
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  return {
    version: `jax-js ${versionOf("@jax-js/jax")}, ${jax.defaultDevice()}`,
    make: (config, weights, inputs) => stepOf(jax, config, weights, inputs),
  };
}

/** Its operations take their operands over; here all of them may be used again. */
function opsOf({ numpy: np, nn }) {
  const kept = (v) => v.ref ?? v;
  const borrowing =
    (apply) =>
    (...operands) =>
      apply(...operands.map(kept));
  const own = {
    add: np.add,
    sub: np.subtract,
    mul: np.multiply,
    div: np.divide,
    matmul: np.matmul,
    square: np.square,
    exp: np.exp,
    log: np.log,
    relu: nn.relu,
    sigmoid: nn.sigmoid,
    tanh: np.tanh,
    abs: np.absolute,
    neg: np.negative,
    sum: np.sum,
    split: (v, sizes) => np.split(v, ends(sizes), -1),
  };
  const ops = Object.fromEntries(Object.entries(own).map(([name, apply]) => [name, borrowing(apply)]));
  return { ...ops, zeros: (shape) => np.zeros(shape) };
}

/** Where to cut, of pieces of some sizes. */
const ends = (sizes) =>
  sizes.slice(0, -1).map((_, i) => sizes.slice(0, i + 1).reduce((all, size) => all + size, 0));

function stepOf(jax, config, weights, inputs) {
  const { numpy: np, jit, grad } = jax;
  const ops = opsOf(jax);
  const tensor = ({ shape, data }) => np.array(data, { shape });
  const p = Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, tensor(weight)]));
  const batch = {
    xs: np.unstack(tensor(inputs.x)),
    noises: np.unstack(tensor(inputs.noise)),
    center: tensor(inputs.center),
  };
  const slopesOf = jit(grad((weights) => lossOf(ops, config, weights, batch)));
  return async () => {
    const slopes = slopesOf(jax.tree.ref(p));
    const found = Object.entries(slopes).map(async ([name, slope]) => {
      const { shape } = slope;
      return [name, { shape, data: await slope.data() }];
    });
    return Object.fromEntries(await Promise.all(found));
  };
}
