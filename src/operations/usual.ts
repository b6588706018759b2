/** What nearly every page with a worker asks for, so that it comes in one piece. */
export { sample } from "./sample.ts";
export { score } from "./score.ts";
export { train } from "./train.ts";
