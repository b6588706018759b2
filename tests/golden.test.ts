/**
 * What small models compute is what it was when `fixtures/golden.json` was made. After a change of numbers that is meant:
 * `npm run build && node scripts/golden.mjs summary > tests/fixtures/golden.json`, in the commit that changes them.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import "./built.ts";

type Summary = Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;

const golden = (...words: readonly string[]) =>
  promisify(execFile)("node", ["scripts/golden.mjs", ...words], { maxBuffer: 1 << 24 });

/**
 * How far a number may be from the golden one, as a share of the size of its part. The same cases computed by ONNX
 * Runtime's WebAssembly kernels, whose products and exponentials round in other ways than those of a server, were off by
 * at most a tenth of these. Training makes differences of rounding grow; at the tasks the golden draws stay the same.
 */
const tolerances: Readonly<Record<string, number>> = {
  natsPerStep: 4e-6,
  gradientNorm: 2e-5,
  bound: 3e-5,
  data: 1e-8,
  "before: weights": 1e-8,
  "after 20: weights": 3e-4,
  epochs: 5e-5,
  detect: 2e-4,
};
const toleranceOfTasks = 1e-5;

test("small models of every kind compute what they did", async () => {
  const { stdout } = await golden("summary");
  const after = JSON.parse(stdout) as Summary;
  const before = JSON.parse(readFileSync("tests/fixtures/golden.json", "utf8")) as Summary;
  expect(Object.keys(after)).toEqual(Object.keys(before));
  for (const [name, parts] of Object.entries(before)) {
    expect(Object.keys(after[name]!), name).toEqual(Object.keys(parts));
    for (const [part, numbers] of Object.entries(parts)) {
      const size = Math.max(...numbers.map(Math.abs)) || 1;
      const off = numbers.map((value, i) => Math.abs(value - after[name]![part]![i]!) / size);
      expect(Math.max(...off), `${name}: ${part}`).toBeLessThan(tolerances[part] ?? toleranceOfTasks);
    }
  }
}, 300_000);

test("a check passes on the same numbers and names an array of which one bit has changed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "golden-"));
  const file = join(folder, "golden.json");
  try {
    await golden("record", file, "--only", "logistics");
    const { stdout } = await golden("check", file, "--only", "logistics");
    expect(stdout).toBe("");
    const values = JSON.parse(readFileSync(file, "utf8")) as Record<string, [type: string, base64: string]>;
    const [type, text] = values["logistics | gradientNorm"]!;
    const bytes = Buffer.from(text, "base64");
    bytes[0]! ^= 1; // the last bit of a float64, little endian
    values["logistics | gradientNorm"] = [type, bytes.toString("base64")];
    writeFileSync(file, JSON.stringify(values));
    const failure = await golden("check", file, "--only", "logistics").catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 1 });
    expect((failure as { stdout: string }).stdout).toMatch(
      /^logistics \| gradientNorm: 1 of 3 differ, by \d\.\d\de-16, relative \d\.\d\de-1[67]\n$/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
