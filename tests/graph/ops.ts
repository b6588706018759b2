/** Every op: those that are shown, and those that only models of pictures load. */

export * from "../../src/graph/ops/convolution.ts";
export * from "../../src/graph/public.ts";
