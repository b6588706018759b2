/** All of the graph that is shown: beside what models are mostly made of, ops of a few that are loaded when they are asked for. */
export * from "./index.ts";
export { logAddExp } from "./ops/log-add-exp.ts";
export { type ShiftOptions, shift } from "./ops/shift.ts";
export { withSlope } from "./ops/slope.ts";
