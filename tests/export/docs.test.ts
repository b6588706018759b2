import { execFile } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { scratchFolder } from "../run/scratch.ts";
import { bytesOf, exportedOf, variants } from "./example.ts";

const root = resolve(import.meta.dirname, "../..");
const folder = scratchFolder();
symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));

test.each(Object.entries(variants))(
  "the Node program of docs/export.md runs as it stands there: %s",
  async (_, options) => {
    const [, program] = /```js\n([\s\S]*?)```/.exec(readFileSync(join(root, "docs/export.md"), "utf8")) ?? [];
    writeFileSync(join(folder, "program.mjs"), program as string);
    writeFileSync(join(folder, "model.step.onnx"), bytesOf("step", exportedOf(options)));
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ["program.mjs"], { cwd: folder });
    expect(stderr).toBe("");
    const totals = [...stdout.matchAll(/^(\d) (-?[\d.e+]+) /gm)];
    expect(totals.map(([, step]) => step)).toEqual(["0", "1", "2"]);
    expect(totals.every(([, , total]) => Number.isFinite(Number(total)))).toBe(true);
  },
);
