/** Who else can take a training step: each starts, or says why it is left out. A load names those that can run it. */
import { PyTorch } from "./pytorch.mjs";
import { scriptRival } from "./script.mjs";

export const rivals = {
  pytorch: PyTorch,
  "tensorflow-js": scriptRival("TensorFlow.js", "tensorflow-js", [
    "@tensorflow/tfjs",
    "@tensorflow/tfjs-backend-wasm",
  ]),
  "jax-js": scriptRival("jax-js", "jax-js", ["@jax-js/jax"]),
};
