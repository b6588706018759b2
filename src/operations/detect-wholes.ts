/** How odd sequences are as wholes, with the linear algebra that this needs. */
export { fitSequences, sequenceScore } from "../anomaly/whole-sequences.ts";
/** Reached from here too: what all that is loaded later reaches alike a bundler leaves in one piece. */
export { note } from "./usual.ts";
