import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "vitest";

/** The folder of real data sets: what VRNN_DATA names, or shared/data beside the project; undefined when there is none. */
export function sharedData(): string | undefined {
  const folder = process.env.VRNN_DATA ?? fileURLToPath(new URL("../../shared/data", import.meta.url));
  return existsSync(folder) ? folder : undefined;
}

/** A test on the real data sets: without them it is skipped by name, and fails under CI=true. @param limit milliseconds */
export function testWithSharedData(
  name: string,
  body: (folder: string) => void | Promise<void>,
  limit?: number,
): void {
  const folder = sharedData();
  if (folder !== undefined) test(name, () => body(folder), limit);
  else if (process.env.CI === "true")
    test(name, () => Promise.reject(new Error("VRNN_DATA names no folder")));
  else test.skip(`${name} (needs the folder of data sets: set VRNN_DATA)`, () => {});
}
