import { readFileSync } from "node:fs";

/** The version of this project, as its package says. */
export const projectVersion: string = (
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }
).version;
