/**
 * What needs a browser: its runtime, data from text and files, and a worker that trains while the page stays
 * responsive.
 *
 * @module vrnn/web
 */

export { type WebRuntime, type WebRuntimeOptions, webRuntime } from "./runtime/web.ts";
export type { WebDevice } from "./runtime/web-session.ts";
export * from "./web/compute.ts";
export { datasetFromFile } from "./web/file.ts";
export { datasetFromText } from "./web/text.ts";
