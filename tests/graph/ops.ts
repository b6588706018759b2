/** Every op: those of the barrel, and those that only models of pictures load. */
export * from "../../src/graph/index.ts";
export * from "../../src/graph/ops/convolution.ts";
