/** Representations at the command line: pooled encodings, labels told of them, clusters and segments. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../src/random/generator.ts";
import { scratchFolder } from "../run/scratch.ts";
import { type Outcome, vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const run = (...args: string[]) => vrnn(args, folder);
const rowsOf = (csv: string) =>
  csv
    .trimEnd()
    .split("\n")
    .map((row) => row.split(","));
const json = <Summary>({ stdout }: Outcome) => JSON.parse(stdout) as Summary;

/** Slow and fast waves whose means are alike: what tells them apart is how they move. */
const gaitOf = (k: number) => (k % 2 === 0 ? "walk" : "run");
const wave = (k: number, steps: number) => {
  const random = Random.stream(k, "gait");
  const pace = k % 2 === 0 ? 0.7 : 2;
  return Array.from({ length: steps }, (_, t) => Math.sin(pace * t + k) + 0.1 * random.normal());
};

beforeAll(async () => {
  const rows = Array.from({ length: 36 }, (_, k) =>
    wave(k, 30 + (k % 4)).map((value, t) => `p${k},${t},${value.toFixed(3)}`),
  );
  const header = "person,t,acceleration";
  writeFileSync(join(folder, "gaits.csv"), `${header}\n${rows.slice(0, 24).flat().join("\n")}\n`);
  writeFileSync(join(folder, "new.csv"), `${header}\n${rows.slice(24).flat().join("\n")}\n`);
  const labels = Array.from({ length: 36 }, (_, k) => `p${k},${gaitOf(k)}`);
  writeFileSync(join(folder, "labels.csv"), `sequence,label\n${labels.join("\n")}\n`);
  const joined = [...wave(0, 80), ...wave(1, 80), ...wave(2, 80)];
  const long = joined.map((value, t) => `day,${t},${value.toFixed(3)}`);
  writeFileSync(join(folder, "long.csv"), `${header}\n${long.join("\n")}\n`);
  writeFileSync(join(folder, "others.csv"), "sequence,label\nx,walk\ny,run\n");
  const same = ["a", "b", "c"].flatMap((name) => wave(0, 30).map((value, t) => `${name},${t},${value}`));
  writeFileSync(join(folder, "same.csv"), `${header}\n${same.join("\n")}\n`);
  const steady = wave(4, 240).map((value, t) => `day,${t},${value.toFixed(3)}`);
  writeFileSync(join(folder, "steady.csv"), `${header}\n${steady.join("\n")}\n`);
  const small = ["--hidden", "12", "--latent", "2", "--epochs", "30", "--lr", "0.02", "--batch", "6"];
  const trained = await run(
    "train",
    "gaits.csv",
    "--sequence",
    "person",
    "--time",
    "t",
    "--split",
    "0.9,0.1,0",
    ...small,
  );
  expect(trained.status).toBe(0);
});

describe("vrnn encode --pool", () => {
  test("gives a row a sequence whose means are those of the steps, the state among them", async () => {
    const pooled = rowsOf(
      (await run("encode", "runs/gaits", "--data", "new.csv", "--pool", "mean,last")).stdout,
    );
    const steps = rowsOf((await run("encode", "runs/gaits", "--data", "new.csv", "--state")).stdout);
    const [header] = pooled as [string[]];
    expect(header.slice(0, 5)).toEqual(["sequence", "z1.mean", "z1.last", "z2.mean", "z2.last"]);
    expect(header).toHaveLength(1 + 2 * (2 + 12));
    expect(pooled.slice(1).map(([name]) => name)).toEqual(Array.from({ length: 12 }, (_, k) => `p${24 + k}`));
    const [stepHeader] = steps as [string[]];
    const own = steps.slice(1).filter(([name]) => name === "p25");
    for (const name of ["z2", "h.7"]) {
      const values = own.map((row) => Number(row[stepHeader.indexOf(name)]));
      const found = (way: string) => Number(pooled[2]![header.indexOf(`${name}.${way}`)]);
      expect(found("mean")).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 5);
      expect(found("last")).toBeCloseTo(values.at(-1)!, 6);
    }
  });

  test("refuses a way to pool that nobody knows", async () => {
    const { status, stderr } = await run("encode", "runs/gaits", "--pool", "median");
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/--pool.*mean/);
  });
});

interface Told {
  readonly accuracy: number;
  readonly heads: Readonly<Record<string, { readonly accuracy: number }>>;
  readonly probe: string;
}

describe("vrnn probe", () => {
  let probe: Outcome;
  beforeAll(async () => {
    probe = await run("probe", "runs/gaits", "--data", "gaits.csv", "--labels", "labels.csv");
  });

  test("tells how each head does on sequences that it did not learn from", () => {
    expect(probe.status).toBe(0);
    expect(probe.stdout).toMatch(/^24 labelled sequences, told by the others/);
    expect(probe.stdout).toMatch(/means of columns +\d/);
    expect(probe.stdout).toMatch(/the nearest by means and deviations +\d/);
    expect(probe.stderr).toMatch(/kept with the run: vrnn classify runs\/gaits/);
  });

  test("what it learned tells the labels of other data, better than the means of the columns", async () => {
    const outcome = await run(
      "classify",
      "runs/gaits",
      "--data",
      "new.csv",
      "--labels",
      "labels.csv",
      "--json",
      "--out",
      "told.csv",
    );
    const { accuracy, heads, probe: chosen } = json<Told>(outcome);
    const rows = rowsOf(readFileSync(join(folder, "told.csv"), "utf8"));
    expect(rows[0]).toEqual(["sequence", "predicted", "p.run", "p.walk", "label"]);
    const right = rows.slice(1).filter(([, predicted, , , label]) => predicted === label).length;
    expect(accuracy).toBe(right / 12);
    expect(heads[chosen]!.accuracy).toBe(accuracy);
    expect(accuracy).toBe(1); // the means of waves are alike, their paces are not
    expect(heads["means"]!.accuracy).toBeLessThan(1);
  });

  test("without labels of the new data a table alone is given", async () => {
    const { stdout, stderr } = await run("classify", "runs/gaits", "--data", "new.csv");
    expect(rowsOf(stdout)[0]).toEqual(["sequence", "predicted", "p.run", "p.walk"]);
    expect(stderr).toMatch(/no label is known/);
  });

  test.each([
    [
      "names that no sequence has",
      "sequence,label\nx,walk\ny,run\n",
      /none of the 24 sequences has a label .*"p0"/,
    ],
    ["one label", "sequence,label\np0,walk\np1,walk\n", /all labelled sequences are "walk"/],
    ["two labels of one sequence", "sequence,label\np0,walk\np0,run\n", /bad.csv.*"p0" is "walk" and "run"/],
    ["a single column", "sequence\np0\n", /has two columns/],
  ])("refuses %s", async (_, text, message) => {
    writeFileSync(join(folder, "bad.csv"), text);
    const { status, stderr } = await run("probe", "runs/gaits", "--data", "gaits.csv", "--labels", "bad.csv");
    expect(status).not.toBe(0);
    expect(stderr).toMatch(message);
  });

  test("is asked for where there are no labels", async () => {
    const { status, stderr } = await run("probe", "runs/gaits");
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/none of the \d+ sequences has a label|--labels/);
  });
});

describe("vrnn cluster", () => {
  interface Clusters {
    readonly clusters: number;
    readonly groups: readonly { readonly size: number; readonly typical: string }[];
    readonly agreement: { readonly model: number; readonly columns: number };
  }

  test("finds the two paces without labels, and draws them", async () => {
    const more = [
      "--clusters",
      "2",
      "--labels",
      "labels.csv",
      "--picture",
      "space.svg",
      "--out",
      "clusters.csv",
    ];
    const outcome = await run("cluster", "runs/gaits", "--data", "gaits.csv", "--json", ...more);
    const { clusters, groups, agreement } = json<Clusters>(outcome);
    expect(clusters).toBe(2);
    expect(groups.map(({ size }) => size)).toEqual([12, 12]);
    expect(agreement.model).toBeCloseTo(1, 9);
    const rows = rowsOf(readFileSync(join(folder, "clusters.csv"), "utf8"));
    expect(rows[0]).toEqual(["sequence", "cluster", "typical", "first", "second"]);
    const typical = rows.filter(([, , isTypical]) => isTypical === "1").map(([name]) => name);
    expect(typical.sort()).toEqual(groups.map((group) => group.typical).sort());
    const svg = readFileSync(join(folder, "space.svg"), "utf8");
    for (const { typical: name } of groups) expect(svg).toContain(name);
  });

  test.each([
    [["--clusters", "none"], /give auto or a whole number from 2 on/],
    [["--clusters", "1"], /give auto or a whole number from 2 on/],
    [
      ["--data", "same.csv", "--pool", "count"],
      /by count of its states the model tells only 1 sequence apart/,
    ],
    [
      ["--labels", "others.csv", "--out", "left.csv"],
      /none of the \d+ sequences has a label.*rows of sequence,label/,
    ],
    [["--labels", "nowhere.csv", "--out", "left.csv"], /nowhere.csv/],
    [["--data", "long.csv"], /there is 1 sequence .*vrnn segments/],
    [["--clusters", "99", "--data", "gaits.csv"], /24 sequences to be put into 99 clusters/],
  ])("refuses %j", async (words, message) => {
    const { status, stderr } = await run("cluster", "runs/gaits", ...words);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(message);
    expect(existsSync(join(folder, "left.csv"))).toBe(false);
  });

  test("says of how many sequences labels are known", async () => {
    writeFileSync(join(folder, "few.csv"), "sequence,label\np0,walk\np1,run\n");
    const { stderr, stdout } = await run(
      "cluster",
      "runs/gaits",
      "--data",
      "gaits.csv",
      "--labels",
      "few.csv",
    );
    expect(`${stderr}${stdout}`).toMatch(/with the labels of 2 of 24 sequences/);
  });
});

describe("vrnn segments", () => {
  interface Segments {
    readonly changes: number;
    readonly of: "latent" | "columns";
    readonly saved: Readonly<Record<"latent" | "columns", number>>;
    readonly sequences: readonly {
      readonly segments: readonly { readonly from: number; readonly to: number }[];
    }[];
  }

  test("cuts where the pace changes, in a table of all steps, and draws it", async () => {
    const more = ["--least", "20", "--picture", "parts.svg", "--out", "parts.csv"];
    const { changes, sequences } = json<Segments>(
      await run("segments", "runs/gaits", "--data", "long.csv", "--json", ...more),
    );
    expect(changes).toBe(2);
    const [first, second, third] = sequences[0]!.segments;
    expect(Math.abs(second!.from - 81)).toBeLessThanOrEqual(6);
    expect(Math.abs(third!.from - 161)).toBeLessThanOrEqual(6);
    expect([first!.from, third!.to]).toEqual([1, 240]);
    const rows = rowsOf(readFileSync(join(folder, "parts.csv"), "utf8"));
    expect(rows[0]).toEqual(["sequence", "segment", "from", "to", "begins", "ends", "changed"]);
    expect(rows).toHaveLength(4);
    expect(readFileSync(join(folder, "parts.svg"), "utf8")).toContain("acceleration");
  });

  test("a sequence in which nothing changes is one segment", async () => {
    const words = ["--data", "steady.csv", "--least", "20", "--json", "--out", "p.csv"];
    const outcome = await run("segments", "runs/gaits", ...words);
    expect(json<Segments>(outcome).changes).toBe(0);
    expect(outcome.stderr).toMatch(/neither the states of the model nor the columns fall into segments/);
  });

  test("is told along what it cuts, the clearer of the two unless it is said", async () => {
    const cut = (...words: string[]) =>
      run(
        "segments",
        "runs/gaits",
        "--data",
        "long.csv",
        "--least",
        "20",
        "--json",
        "--out",
        "p.csv",
        ...words,
      );
    const chosen = await cut();
    const { of, saved } = json<Segments>(chosen);
    const other = of === "latent" ? "columns" : "latent";
    expect(saved[of]).toBeGreaterThan(saved[other]);
    expect(chosen.stderr).toContain(`more clearly (${saved[of].toFixed(3)} nats`);
    expect(chosen.stderr).toContain(`--of ${other}`);
    for (const said of ["latent", "columns"] as const) {
      const outcome = await cut("--of", said);
      expect(json<Segments>(outcome)).toMatchObject({ of: said, saved });
      expect(outcome.stderr).not.toContain("more clearly");
    }
    const { status, stderr } = await cut("--of", "state");
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/auto, latent, columns|auto.*latent.*columns/);
  });
});
