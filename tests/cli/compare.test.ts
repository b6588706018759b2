import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../src/random/generator.ts";
import { scratchFolder } from "../run/scratch.ts";
import { main, type Outcome, vrnn } from "./vrnn.ts";

const folder = scratchFolder();

/** A vector autoregression of two columns, and a column that is on or off. */
function table(runs: number, steps: number, hasSwitch: boolean): string {
  const random = Random.stream(1, "compare");
  const lines = [`run,x,y${hasSwitch ? ",on" : ""}`];
  for (let run = 0; run < runs; run++) {
    let [x, y] = [0, 0];
    for (let t = 0; t < steps; t++) {
      [x, y] = [0.9 * x - 0.4 * y + 0.3 * random.normal(), 0.4 * x + 0.8 * y + 0.3 * random.normal()];
      const on = hasSwitch ? `,${random.integer(2)}` : "";
      lines.push(`r${String(run).padStart(2, "0")},${x.toFixed(3)},${y.toFixed(3)}${on}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

const quick = ["--sequence", "run", "--emission", "gaussian", "--center", "mean"];

beforeAll(() => {
  writeFileSync(join(folder, "var.csv"), table(30, 60, false));
  writeFileSync(join(folder, "mixed.csv"), table(12, 40, true));
});

const kept = (...path: string[]) => JSON.parse(readFileSync(join(folder, ...path), "utf8"));

describe("on data that a vector autoregression made", () => {
  const command = [
    "compare",
    "var.csv",
    ...quick,
    "--models",
    "rnn,hmm,var",
    "--budget",
    "3s",
    "--horizons",
    "1,3",
  ];
  let outcome: Outcome;
  beforeAll(async () => {
    outcome = await vrnn([...command, "--out", "c", "--json"], folder);
  });

  test("that is the best, and what is told has its shape", () => {
    expect(outcome.stderr).not.toContain("error");
    const told = JSON.parse(outcome.stdout);
    expect(told.best).toBe("var");
    expect(told.models.map(({ name }: { name: string }) => name).sort()).toEqual([
      ...["hmm", "independent", "rnn", "var"],
    ]);
    for (const model of told.models) {
      expect(model).toMatchObject({ isBound: false, interval: [expect.any(Number), expect.any(Number)] });
      expect(Object.keys(model.crps)).toEqual(["1", "3"]);
      expect(model.interval[0]).toBeLessThan(model.natsPerStep);
      expect(model.parameters).toBeGreaterThan(3);
      expect(model.scoreSeconds).toBeGreaterThan(0);
    }
    const last = told.models.at(-1);
    expect([last.name, last.verdict, last.against]).toEqual(["independent", "behind", "var"]);
  });

  test("the runs are runs: what is told of them is what they are scored by", async () => {
    const { stdout } = await vrnn(["evaluate", "c/rnn", "--json"], folder);
    const { models } = JSON.parse(outcome.stdout);
    const rnn = models.find(({ name }: { name: string }) => name === "rnn");
    expect(JSON.parse(stdout).natsPerStep).toBeCloseTo(rnn.natsPerStep, 4);
  });

  test("a picture and a page are written", () => {
    expect(readFileSync(join(folder, "c", "compare.svg"), "utf8")).toContain("independent");
    const page = readFileSync(join(folder, "c", "report.html"), "utf8");
    expect(page).toContain("What to conclude");
    expect(page).not.toContain("<script");
  });

  test("one that is there is not written over; it goes on, without learning anything again", async () => {
    const again = await vrnn([...command, "--out", "c"], folder);
    expect(again.status).not.toBe(0);
    expect(again.stderr).toMatch(/there is a comparison in this folder already.*--resume/);
    const before = kept("c", "rnn", "compare.json");
    const on = await vrnn([...command, "--out", "c", "--resume", "--json"], folder);
    expect(on.status).toBe(0);
    expect(JSON.parse(on.stdout).models).toEqual(
      JSON.parse(outcome.stdout).models.map((model: { name: string }) =>
        model.name === "independent" || model.name === "var" ? expect.anything() : model,
      ),
    );
    expect(kept("c", "rnn", "compare.json")).toEqual(before);
  });

  test("what was asked cannot become something else", async () => {
    const on = await vrnn([...command, "--out", "c", "--resume", "--seed", "2"], folder);
    expect([on.status === 0, on.stderr]).toEqual([false, expect.stringContaining("--seed is 1")]);
  });
});

test("one that was stopped goes on where it stopped", async () => {
  const command = [
    "compare",
    "var.csv",
    ...quick,
    "--models",
    "hmm,rnn",
    "--budget",
    "8s",
    "--out",
    "stopped",
  ];
  const child = spawn(process.execPath, [main, ...command], { cwd: folder });
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const status = await new Promise((resolve) => {
    const look = setInterval(() => {
      if (!existsSync(join(folder, "stopped", "rnn", "state.safetensors"))) return;
      clearInterval(look);
      child.kill("SIGINT");
    }, 20);
    child.on("close", resolve);
  });
  expect(status).toBe(130);
  expect(stderr).toContain("go on with the same command and --resume");
  const first = kept("stopped", "hmm", "compare.json");
  const half = kept("stopped", "rnn", "compare.json");
  expect(first.result.name).toBe("hmm");
  expect([half.result, half.spent]).toEqual([undefined, expect.any(Number)]);
  const on = await vrnn([...command, "--resume", "--json"], folder);
  expect(on.stderr).not.toContain("error");
  expect(kept("stopped", "hmm", "compare.json")).toEqual(first);
  const whole = kept("stopped", "rnn", "compare.json").result;
  expect(whole.trainSeconds).toBeGreaterThan(half.spent);
  expect(JSON.parse(on.stdout).models).toHaveLength(3);
});

test("a model that does not tell such data says why, and the others go on; bounds are told as bounds", async () => {
  const command = ["compare", "mixed.csv", ...quick, "--models", "vrnn,var", "--budget", "2s"];
  const { status, stdout } = await vrnn([...command, "--particles", "4", "--horizons", "2"], folder);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^vrnn +at least -?\d/m);
  expect(stdout).toMatch(/^var: a vector autoregression tells real columns, and on is binary/m);
  expect(stdout).toContain("Of vrnn a lower bound is told");
  expect(existsSync(join(folder, "runs", "compare-mixed", "report.html"))).toBe(true);
});

describe("mistakes are told in a line, and nothing is written", () => {
  const text = "so much text, and no table at all. ".repeat(40);
  test.each<[string, readonly string[], RegExp]>([
    ["an unknown model", ["var.csv", "--models", "vrn,var"], /no model "vrn" \(did you mean "vrnn"\?\)/],
    ["no model", ["var.csv", "--models", ","], /--models': name one model at least/],
    ["another material", ["var.csv", "--models", "translate"], /translate models pairs of texts, not tables/],
    ["a fraction of a step", ["var.csv", "--horizons", "1,2.5"], /--horizons': it must be a whole number/],
    ["too far ahead", ["var.csv", "--sequence", "run", "--horizons", "60"], /60 steps does not fit the test/],
    ["no test split", ["var.csv", "--split", "0.8,0.2,0"], /have no test split/],
    ["no length of time", ["var.csv", "--budget", "soon"], /"soon" is no length of time/],
    ["no time at all", ["var.csv", "--budget", "0.1s"], /too short to learn anything/],
    ["text", ["text.txt"], /tables, music and drawings are compared, not text.*evaluate --against/],
    ["no data", [], /nothing to compare/],
  ])("%s", async (_, words, message) => {
    writeFileSync(join(folder, "text.txt"), text);
    const { status, stdout, stderr } = await vrnn(["compare", ...words, "--out", "nothing"], folder);
    expect(status).not.toBe(0);
    expect(stdout).toBe("");
    expect(stderr.trim().split("\n").at(-1)).toMatch(message);
    expect(existsSync(join(folder, "nothing"))).toBe(false);
  });
});
