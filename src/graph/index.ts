export type { Numbers } from "./digest.ts";
export type { Dim, DType, Shape, TensorType } from "./dims.ts";
export { describeType } from "./dims.ts";
export { GraphError } from "./error.ts";
export {
  add,
  addAll,
  cast,
  div,
  expand,
  filledLike,
  flattenRows,
  matmul,
  mul,
  neg,
  reshape,
  squeeze,
  sub,
  sum,
  transpose,
  unsqueeze,
} from "./ops/algebra.ts";
export {
  gatherAlong,
  gatherRows,
  oneHot,
  type RowsOptions,
  scatterAddAlong,
  scatterAddRows,
} from "./ops/indexing.ts";
export { concat, pad, reverseWithin, slice, split, stack } from "./ops/layout.ts";
export { constant, input, named, type Operand, scalar } from "./ops/leaves.ts";
export * from "./ops/pointwise.ts";
export { averagePool, maxPool, type WindowSize } from "./ops/pooling.ts";
export {
  argmax,
  cumsum,
  logSoftmax,
  logSumExp,
  max,
  mean,
  softmax,
  type TopK,
  topK,
} from "./ops/reduction.ts";
export { digamma, excessOverLog, expm1, lgamma, log1mExp, log1p, stirlingError } from "./ops/special.ts";
export { printGraph } from "./print.ts";
export { type ScanOptions, type Step, scan, type Tensors } from "./scan.ts";
export { Tensor } from "./tensor.ts";
