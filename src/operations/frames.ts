/** What operations do with moving pictures, in one piece: pages of tables do without. */
export { madeFrames } from "./sample-frames.ts";
export { scoredFrames } from "./score-frames.ts";
