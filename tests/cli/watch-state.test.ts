import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { scratchFolder } from "../run/scratch.ts";
import { writeSeries } from "../run/series.ts";
import { main, type Outcome, tiny, vrnn, vrnnFed } from "./vrnn.ts";

const folder = scratchFolder();
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  writeSeries(at("waves.csv"), { lengths: [200, 180, 150, 160] });
  for (const [seed, out] of [
    ["1", "runs/waves"],
    ["2", "runs/other"],
  ] as const)
    expect((await vrnn(["train", "waves.csv", ...tiny, "--seed", seed, "--out", out], folder)).status).toBe(
      0,
    );
});

const header = "time,slow,wave,high"; // not the order of training
const isOdd = (t: number) => (t >= 100 && t < 130) || (t >= 240 && t < 265);
const rows = Array.from({ length: 500 }, (_, t) =>
  [t / 5, t % 7 === 0 ? "" : "0.5", isOdd(t) ? 9 : Math.sin(t / 3).toFixed(4), 1].join(","),
);
const textOf = (lines: readonly string[]) => `${lines.join("\n")}\n`;

function watch(input: string, ...args: string[]): Promise<Outcome> {
  return vrnnFed(["watch", "runs/waves", ...args], folder, (stdin) => stdin.end(input));
}

describe("a watch that goes on from a state", () => {
  test("answers as if none had ended, byte for byte, flags and notes of the whole stream included", async () => {
    const options = ["--alarms-per-1000-steps", "8"];
    const whole = await watch(textOf([header, ...rows]), ...options);
    // The second half begins amid an oddity, and without the header, which the state has kept.
    const first = await watch(textOf([header, ...rows.slice(0, 250)]), ...options, "--state", "halves.json");
    const second = await watch(textOf(rows.slice(250)), ...options, "--state", "halves.json");
    expect(first.status + second.status).toBe(0);
    expect(first.stdout + second.stdout).toBe(whole.stdout);
    expect(whole.stdout).toMatch(/"odd":true/);
    expect(second.stderr).toMatch(/^goes on after step 250, line 251 of the stream$/m);
    const summaryOf = ({ stderr }: Outcome) => stderr.trimEnd().split("\n").at(-1);
    expect(summaryOf(second)).toBe(summaryOf(whole));
  });

  test("reads a header that comes again, and another order of the columns", async () => {
    const whole = await watch(textOf([header, ...rows.slice(0, 20)]), "--no-flags");
    await watch(textOf([header, ...rows.slice(0, 10)]), "--no-flags", "--state", "order.json");
    const turned = rows.slice(10, 20).map((row) => row.split(",").reverse().join(","));
    const again = header.split(",").reverse().join(",");
    const second = await watch(textOf([again, ...turned]), "--no-flags", "--state", "order.json");
    const scores = (text: string) =>
      text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).score);
    expect(scores(second.stdout)).toEqual(scores(whole.stdout).slice(10));
  });

  test("counts lines that it could not understand, and goes on after them", async () => {
    const first = await watch(textOf([header, "nonsense"]), "--no-flags", "--state", "bad.json");
    expect(JSON.parse(first.stdout)).toMatchObject({ line: 2, error: expect.stringContaining("stdin:2") });
    const second = await watch(textOf(["nonsense"]), "--no-flags", "--state", "bad.json");
    expect(JSON.parse(second.stdout)).toMatchObject({ line: 3, error: expect.stringContaining("stdin:3") });
    expect(second.stderr).toMatch(/2 lines not understood\n$/);
  });
});

/** Follows a file until it has given so many answers. */
function follow(file: string, answers: number): Promise<{ line: number; error?: string }[]> {
  const args = [main, "watch", "runs/waves", "--no-flags", "--follow", file, "--state", "follow.json"];
  const child = spawn(process.execPath, args, { cwd: folder });
  return new Promise((resolve) => {
    let text = "";
    child.stdout.on("data", (piece) => {
      text += piece;
      if (text.split("\n").length > answers) child.kill("SIGINT");
    });
    child.once("close", () =>
      resolve(
        text
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line)),
      ),
    );
  });
}

test("a followed file goes on in its own lines, and what was told of them is not told again", async () => {
  writeFileSync(at("live.csv"), textOf([header, ...rows.slice(0, 5), "nonsense"]));
  const first = await follow("live.csv", 6);
  expect(first.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6, 7]);
  expect(first[5]!.error).toContain("stdin:7");
  writeFileSync(at("live.csv"), textOf([header, ...rows.slice(0, 5), "nonsense", ...rows.slice(5, 7)]));
  expect((await follow("live.csv", 2)).map(({ line }) => line)).toEqual([8, 9]);
  expect(JSON.parse(readFileSync(at("follow.json"), "utf8")).state.lines).toBe(9);
});

describe("a state that does not fit", () => {
  const good = () => JSON.parse(readFileSync(at("fit.json"), "utf8"));

  beforeAll(async () => {
    await watch(textOf([header, ...rows.slice(0, 5)]), "--state", "fit.json");
  });

  test.each([
    ["another model", ["runs/other"], /^error: fit.json: this is the state of a watch with another model/m],
    ["another seed", ["runs/waves", "--seed", "3"], /another seed \(give --seed 1/],
    ["particles", ["runs/waves", "--by", "particles"], /--state has no effect where particles follow/],
  ])("of %s is refused", async (_, args, message) => {
    const { status, stdout, stderr } = await vrnn(["watch", ...args, "--state", "fit.json"], folder);
    expect([status > 0, stdout, stderr]).toEqual([true, "", expect.stringMatching(message)]);
  });

  const spoilt: readonly (readonly [string, (kept: ReturnType<typeof good>) => unknown])[] = [
    ["a list", () => []],
    ["a step below 0", (kept) => Object.assign(kept.state.stream, { step: -1 })],
    ["a number that is none", (kept) => Object.assign(kept.state, { nats: null })],
    ["windows of another detector", (kept) => kept.state.detector.latest.pop()],
    ["windows of unequal length", (kept) => kept.state.detector.latest[0].pop()],
    ["a part too short", (kept) => Object.values<number[]>(kept.state.stream.parts)[0]!.pop()],
  ];
  test.each(spoilt)("with %s is refused in one line", async (name, spoil) => {
    const kept = good();
    const changed = spoil(kept);
    writeFileSync(at("spoilt.json"), JSON.stringify(name === "a list" ? changed : kept));
    const { status, stdout, stderr } = await watch("", "--state", "spoilt.json");
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^error: .*state/m);
    expect(stderr).not.toMatch(/bug/);
  });

  test("is never written over a file of the run", async () => {
    const { status, stderr } = await watch("", "--state", "runs/waves/config.json");
    expect([status, stderr]).toEqual([1, expect.stringMatching(/would be written over/)]);
  });
});

test("SIGTERM ends it within a second though nobody reads; each step was answered or is not in the state", async () => {
  rmSync(at("asleep.json"), { force: true });
  const child = spawn(process.execPath, [main, "watch", "runs/waves", "--state", "asleep.json"], {
    cwd: folder,
  });
  child.stdin.on("error", () => {});
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  child.stdin.write(textOf([header, ...Array.from({ length: 20 }, () => rows).flat()]));
  // It stops when the pipe is full, about 64 kB; then its memory of answers does not grow, nor does the state.
  await new Promise<void>((resolve) => child.stdout.on("readable", resolve)); // while somebody listens, nothing is thrown away
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const started = performance.now();
  child.kill("SIGTERM");
  const status = await new Promise((resolve) => child.once("exit", resolve));
  expect(performance.now() - started).toBeLessThan(1500);
  expect(status).toBe(143);
  let stdout = "";
  for await (const text of child.stdout) stdout += text;
  const lines = stdout.trimEnd().split("\n");
  expect(lines.length).toBeLessThan(9000);
  const { state } = JSON.parse(readFileSync(at("asleep.json"), "utf8"));
  expect(JSON.parse(lines.at(-1)!).step).toBe(state.stream.step);
  expect(lines).toHaveLength(state.stream.step);
  expect(stderr).toMatch(/^stopped: the last answer was not taken/m);
});
