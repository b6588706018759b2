import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { shippedRecordings } from "../../src/demo/recordings.ts";
import { scratchFolder } from "../run/scratch.ts";
import { type Outcome, vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const result = ({ status, stdout, stderr }: Outcome) => {
  expect(stderr).not.toContain("error");
  expect(status).toBe(0);
  expect(stdout).toMatch(/^\{[^\n]*\}\n$/);
  return JSON.parse(stdout);
};

const shape = {
  natsPerStep: { vrnn: expect.any(Number), gaussian: expect.any(Number), var: expect.any(Number) },
  incidents: expect.objectContaining({ total: expect.any(Number), found: expect.any(Number) }),
  seconds: expect.any(Number),
  report: expect.stringMatching(/report\.html$/),
  notes: [
    "split by name: train-01.csv and train-02.csv train, valid-01.csv validates, test-01.csv tests",
    'time: column "time_s" (numbers, seconds)',
    "split: as the files say",
  ],
};

/** The first steps of a shipped recording, and the incidents that are over by then. */
function truncate(name: string, rows: number, target: string): void {
  const lines = gunzipSync(readFileSync(join(shippedRecordings, `${name}.csv.gz`)))
    .toString("utf8")
    .split("\n");
  writeFileSync(join(target, `${name}.csv`), `${lines.slice(0, rows + 1).join("\n")}\n`);
  const labels = join(shippedRecordings, `${name}.incidents.json`);
  if (!existsSync(labels)) return;
  const incidents = JSON.parse(readFileSync(labels, "utf8")) as { end: number }[];
  const over = incidents.filter(({ end }) => end < rows / 5);
  writeFileSync(join(target, `${name}.incidents.json`), JSON.stringify(over));
}

describe("on the beginning of a few recordings", () => {
  const data = join(folder, "short");
  let outcome: Outcome;
  beforeAll(async () => {
    mkdirSync(data);
    truncate("train-01", 300, data);
    truncate("train-02", 300, data);
    truncate("valid-01", 300, data);
    truncate("test-01", 600, data);
    outcome = await vrnn(["demo", "--data", data, "--epochs", "2", "--out", "run", "--json"], folder);
  });

  test("one JSON object of fixed shape", () => {
    const { natsPerStep, incidents, ...rest } = result(outcome);
    expect({ natsPerStep, incidents, ...rest }).toEqual(shape);
    const labels = JSON.parse(readFileSync(join(data, "test-01.incidents.json"), "utf8"));
    expect(incidents.total).toBe(labels.length);
    expect(incidents).toHaveProperty("precision");
    expect(incidents).toHaveProperty("recall");
    expect(incidents).toHaveProperty("medianDelaySeconds");
  });

  test("a report and its pictures, and a run like any other", async () => {
    const html = readFileSync(join(folder, "run", "report.html"), "utf8");
    expect(html).toContain("Incidents");
    expect(html).toContain("<svg");
    expect(readdirSync(join(folder, "run", "pictures"))).toContain("comparison.svg");
    const scored = await vrnn(
      ["score", "run", "--data", join(data, "test-01.csv"), "--out", "scores.csv", "--json"],
      folder,
    );
    expect(result(scored)).toMatchObject({ out: "scores.csv", bound: "elbo", sequences: 1, steps: 600 });
    const [header = "", first = "", ...rows] = readFileSync(join(folder, "scores.csv"), "utf8")
      .trimEnd()
      .split("\n");
    const names = header.split(",");
    expect(names.slice(0, 4)).toEqual(["sequence", "step", "time", "total"]);
    expect(names[names.length - 1]).toBe("kl");
    expect(rows).toHaveLength(599);
    const [total, ...nats] = first.split(",").slice(3).map(Number);
    const kl = nats.pop()!;
    expect(nats.reduce((sum, value) => sum + value, -kl)).toBeCloseTo(total!, 3);
  });

  test("sample writes a table and a picture for each sequence, the same for the same seed", async () => {
    const sampled = await vrnn(
      ["sample", "run", "--count", "2", "--steps", "9", "--out", "made", "--json"],
      folder,
    );
    const files = ["sample-1.csv", "sample-2.csv", "sample-1.svg", "sample-2.svg"];
    expect(result(sampled).files.map((path: string) => path.slice("made/".length))).toEqual(files);
    expect(readdirSync(join(folder, "made")).sort()).toEqual(files.sort());
    const table = readFileSync(join(folder, "made", "sample-2.csv"), "utf8");
    expect(table.trimEnd().split("\n")).toHaveLength(10);
    await vrnn(["sample", "run", "--count", "2", "--steps", "9", "--out", "again"], folder);
    expect(readFileSync(join(folder, "again", "sample-2.csv"), "utf8")).toBe(table);
  });

  test("a folder that holds a run is left alone unless told otherwise", async () => {
    const again = await vrnn(["demo", "--data", data, "--epochs", "1", "--out", "run"], folder);
    expect(again.status).toBe(1);
    expect(again.stderr).toMatch(/run: there is a run in this folder already \(start over with --force/);
    const forced = await vrnn(["demo", "--data", data, "--epochs", "1", "--out", "run", "--force"], folder);
    expect(forced.status).toBe(0);
    expect(forced.stdout).toMatch(/VRNN +-\d+\.\d{3}\n/);
    expect(forced.stdout).toMatch(/incident +found +recall +median delay\n/);
  });

  test.each([
    ["without labels", "test-01.incidents.json", undefined, /the recording has no labels/],
    [
      "with labels that are none",
      "test-01.incidents.json",
      '[{"kind": 3}]',
      /these are no labels of incidents/,
    ],
    ["without a test recording", "test-01.csv", undefined, /no recording for the test split/],
  ])("recordings %s are refused in one line, and no run is begun", async (what, file, content, message) => {
    const broken = join(folder, what.replaceAll(" ", "-"));
    mkdirSync(broken);
    for (const name of readdirSync(data)) {
      const kept = name === file ? content : readFileSync(join(data, name), "utf8");
      if (kept !== undefined) writeFileSync(join(broken, name), kept);
    }
    const refused = await vrnn(["demo", "--data", broken, "--out", "none"], folder);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(message);
    expect(refused.stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(existsSync(join(folder, "none"))).toBe(false);
  });
});

test("on the shipped recordings the model beats both baselines and finds what the README says", async () => {
  const { natsPerStep, incidents } = result(await vrnn(["demo", "--json"], folder));
  expect(natsPerStep.vrnn).toBeGreaterThan(natsPerStep.var);
  expect(natsPerStep.var).toBeGreaterThan(natsPerStep.gaussian);
  expect(incidents.total).toBeGreaterThanOrEqual(25);
  expect(Object.keys(incidents.kinds).length).toBeGreaterThanOrEqual(5);
  expect(incidents.recall).toBeGreaterThanOrEqual(0.9);
  expect(incidents.precision).toBeGreaterThanOrEqual(0.8);
});
