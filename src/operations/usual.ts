/**
 * What nearly every page with a worker asks for, so that it comes in one piece.
 *
 * The other operations, and the parts of these that few need, take what they are made of from here. A bundler cuts what is shared by how far each of them reaches: as they
 * come beside the usual ones and say so, it is a few files, and not a small one for each way to share.
 */

export { writtenTime } from "../data/tables/written-time.ts";
export { objectiveFacts, objectiveNames, readersOf } from "../objectives/loading.ts";
export { trainingOptions } from "../train/options.ts";
export { Trainer } from "../train/trainer.ts";
export { filesOf, madeIn } from "./context.ts";
export { note } from "./event.ts";
export { type MadeUp, ofColumns, type WrittenSamples } from "./materials/columns.ts";
export { table } from "./materials/table.ts";
export { operation } from "./operation.ts";
export { sample } from "./sample.ts";
export { score } from "./score.ts";
export { tableRun } from "./subject.ts";
export { train } from "./train.ts";
