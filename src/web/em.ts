/** Expectation maximisation, which few pages load; it comes beside the usual operations and says so (`operations/usual.ts`). */
export * from "../operations/usual.ts";
export { ExpectationMaximisation } from "../train/expectation-maximisation.ts";
