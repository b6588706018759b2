/** Properties begin with the same seed in every run, so that a failure repeats; `npm run fuzz` gives them fresh ones. */
import fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env.VRNN_SEED ?? 1) });
