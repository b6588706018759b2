/**
 * What few pages ask for, in one file that is loaded when they do: many small ones would cut what all pages load into more
 * pieces, which are larger together.
 */
export { withAuxiliaries } from "./auxiliary.ts";
export { smoothedCrossEntropy } from "./cross-entropy.ts";
export { connectionist } from "./ctc.ts";
export { weightedSum } from "./weighted-sum.ts";
