/** The readers of `readers.ts` with what makes covariates and even steps of times. They come together, so that a bundle is cut no finer. */
export { buildDerived } from "../data/derived/build.ts";
export * from "./readers.ts";
