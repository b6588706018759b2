/** TensorFlow.js on its WebAssembly backend. */
import { load, placeOf, versionOf } from "./installed.mjs";
import { lossOf } from "./vrnn-loss.mjs";

export async function start() {
  const tf = await load("@tensorflow/tfjs");
  const { setWasmPaths } = await load("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(`${placeOf("@tensorflow/tfjs-backend-wasm")}/`);
  await tf.setBackend("wasm");
  return {
    version: `TensorFlow.js ${versionOf("@tensorflow/tfjs")}, ${tf.getBackend()}`,
    make: (config, weights, inputs) => stepOf(tf, config, weights, inputs),
  };
}

function stepOf(tf, config, weights, inputs) {
  const ops = { ...tf, matmul: tf.matMul, split: (v, sizes) => tf.split(v, sizes, -1) };
  const tensor = ({ shape, data }) => tf.tensor(data, shape);
  const names = Object.keys(weights);
  const values = names.map((name) => tensor(weights[name]));
  const batch = {
    xs: tf.unstack(tensor(inputs.x)),
    noises: tf.unstack(tensor(inputs.noise)),
    center: tensor(inputs.center),
  };
  const named = (tensors) => Object.fromEntries(names.map((name, i) => [name, tensors[i]]));
  const slopesOf = tf.grads((...p) => lossOf(ops, config, named(p), batch));
  return async () => {
    const slopes = tf.tidy(() => slopesOf(values));
    const found = await Promise.all(
      slopes.map(async (slope) => ({ shape: slope.shape, data: await slope.data() })),
    );
    tf.dispose(slopes);
    return named(found);
  };
}
