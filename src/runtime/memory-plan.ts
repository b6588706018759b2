/** When ONNX Runtime lays out beforehand what a run takes, and when it does so as it comes. */
import type { TensorType } from "../graph/dims.ts";
import type { Program } from "../onnx/lower.ts";

/**
 * Bytes of weights from which a session plans no memory ahead. ONNX Runtime's plan gives every value of a run a place of
 * its own in one block, which large values fill twice over: without it the peak falls by a third to a half, and the step
 * takes as long. A small model's step takes 2 to 6 % longer, its many small values being asked for one by one
 * (docs/speed.md).
 */
const PLANNED_BELOW = 2 ** 22;

/** Whether a program's memory is planned ahead: what it is given in sizes that are known, or has inside, is small. */
export const isPlanned = ({ model, inputs }: Program): boolean =>
  [model.byteLength, ...Object.values(inputs).map(knownBytes)].every((bytes) => bytes < PLANNED_BELOW);

/** The size of a float32 tensor whose axes are all numbers; 0 of another, which is as large as it is fed. */
const knownBytes = ({ shape }: TensorType): number =>
  shape.every((dim) => typeof dim === "number") ? 4 * shape.reduce((all, size) => all * size, 1) : 0;
