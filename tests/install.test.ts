import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const read = (file: string) => JSON.parse(readFileSync(join(import.meta.dirname, "..", file), "utf8"));

interface Locked {
  readonly hasInstallScript?: boolean;
}

const { allowScripts } = read("package.json") as { allowScripts: Record<string, boolean> };
const { packages } = read("package-lock.json") as { packages: Record<string, Locked> };
const nameOf = (path: string): string => path.split("node_modules/").at(-1) as string;

test("the script of onnxruntime-node, which downloads CUDA, is run by no npm", () => {
  const paths = Object.keys(packages).filter((path) => nameOf(path) === "onnxruntime-node");
  expect(paths).toEqual(["node_modules/onnxruntime-node"]);
  expect(allowScripts["onnxruntime-node"]).toBe(false); // an npm that knows the field
  expect(packages["node_modules/onnxruntime-node"]?.hasInstallScript).toBeUndefined(); // and others
});

test("every other install script has been looked at", () => {
  const scripted = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript === true);
  expect(scripted.length).toBeGreaterThan(0);
  expect(scripted.map(([path]) => nameOf(path)).filter((name) => !(name in allowScripts))).toEqual([]);
});
