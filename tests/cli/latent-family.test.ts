/** Latent variables of another distribution, from the command line: everything that is derived from a model works. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../src/random/generator.ts";
import { scratchFolder } from "../run/scratch.ts";
import { tiny, vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const run = (...args: string[]) => vrnn(args, folder);
const random = Random.stream(4, "jumps");

/** A level that jumps now and then, seen through noise. */
function levelRows(sequence: number): string[] {
  let level = 0;
  return Array.from({ length: 40 }, () => {
    level = 0.95 * level + (random.uniform() < 0.05 ? 4 : 0.1) * random.normal();
    return `s${sequence},${(level + 0.2 * random.normal()).toFixed(3)}`;
  });
}

beforeAll(() => {
  const rows = Array.from({ length: 12 }, (_, sequence) => levelRows(sequence)).flat();
  writeFileSync(join(folder, "levels.csv"), `run,level\n${rows.join("\n")}\n`);
});

const configOf = (name: string) => JSON.parse(readFileSync(join(folder, name, "config.json"), "utf8"));

/** The numbers of a column of a table. */
function columnOf(table: string, name: string): number[] {
  const [header, ...rows] = table.trimEnd().split("\n");
  const at = header!.split(",").indexOf(name);
  return rows.map((row) => row.split(",")[at]!).map(Number);
}

const mean = (values: readonly number[]) => values.reduce((all, value) => all + value, 0) / values.length;

test.each(["vrnn", "srnn"])("help of %s names the distributions", async (model) => {
  const { stdout } = await run("train", "--model", model, "--help");
  expect(stdout.replace(/\s+/g, " ")).toContain(
    "--latent-family <name> distribution of the latent variables:",
  );
  expect(stdout.replace(/\s+/g, " ")).toContain("normal, student-t, laplace");
});

describe.each([
  ["vrnn", "student-t"],
  ["srnn", "student-t"],
  ["vrnn", "laplace"],
])("%s of %s latent variables", (model, family) => {
  const name = `${model}-${family}`;

  beforeAll(async () => {
    const kind = ["--model", model, "--latent-family", family, "--out", name];
    const { status } = await run("train", "levels.csv", ...kind, ...tiny, "--free-bits", "0.05");
    expect(status).toBe(0);
  });

  test("the configuration keeps it, and a resumed run takes it from there", async () => {
    expect(configOf(name).model.latentFamily).toBe(family);
    const { status } = await run("train", "--resume", name, "--epochs", "3");
    expect(status).toBe(0);
    expect(configOf(name).model.latentFamily).toBe(family);
  });

  test("scores are the bound: nats of the column less the divergence, which evaluation finds as well", async () => {
    const { stdout } = await run("score", name, "--samples", "20");
    const [total, level, kl] = ["total", "level", "kl"].map((each) => columnOf(stdout, each));
    total!.forEach((nats, i) => {
      expect(Math.abs(nats - (level![i]! - kl![i]!))).toBeLessThan(2e-5 * (1 + Math.abs(nats)));
    });
    const evaluated = await run("evaluate", name, "--json");
    const { natsPerStep } = JSON.parse(evaluated.stdout);
    expect(Math.abs(mean(total!) - natsPerStep)).toBeLessThan(0.2); // other draws
  });

  test.each([
    ["sample", ["--count", "1", "--steps", "6"], "level"],
    ["forecast", ["--horizon", "3", "--samples", "20", "--no-calibrate"], "mean"],
    ["filter", ["--samples", "20"], "mean"],
    ["impute", ["--samples", "20"], "level"],
  ])("%s gives finite numbers", async (operation, options, column) => {
    const out = operation === "sample" ? "level.csv" : undefined;
    const args = [operation, name, ...options, ...(out ? ["--out", `${name}-sample`] : [])];
    const { status, stdout } = await run(...args);
    expect(status).toBe(0);
    const made = out ? readFileSync(join(folder, `${name}-sample`, "sample-1.csv"), "utf8") : stdout;
    const numbers = columnOf(made, column);
    expect(numbers.length).toBeGreaterThan(2);
    expect(numbers.every(Number.isFinite)).toBe(true);
  });

  test("export says how much noise its graphs take", async () => {
    const { status, stdout } = await run("export", name, "--out", `${name}-export`, "--json");
    expect(status).toBe(0);
    const graphs = JSON.stringify(JSON.parse(stdout).graphs);
    const width = 2 * { "student-t": 2, laplace: 3 }[family]!; // normal numbers of each of two variables
    expect(graphs).toMatch(new RegExp(`"noise"[^}]*,${width}\\]`));
  });
});

test("a family of no latent variables is refused", async () => {
  const { status, stderr } = await run("train", "levels.csv", "--latent", "0", "--latent-family", "laplace");
  expect(status).toBe(1);
  expect(stderr).toMatch(/--latent-family: there are no latent variables to have a laplace distribution/);
});
