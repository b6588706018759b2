/** From tracks to futures, at the command line. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { scratchFolder } from "../run/scratch.ts";
import { type Outcome, vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const run = (...args: string[]) => vrnn(args, folder);

/** Two cars that drive side by side, and one that was seen once. */
const rows = Array.from({ length: 80 }, (_, t) => `${t},red,${2 * t},${t % 3}\n${t},blue,${2 * t},5\n`);
let outcome: Outcome;
beforeAll(async () => {
  writeFileSync(join(folder, "cars.csv"), `time,car,x,y\n${rows.join("")}81,once,0,0\n`);
  const small = ["--hidden", "8", "--latent", "2", "--epochs", "2", "--batch", "16", "--out", "runs/cars"];
  outcome = await run("train", "cars.csv", "--model", "trajectory", ...small);
});

test("train tells how tracks are read, and what is left out", () => {
  expect(outcome.status).toBe(0);
  expect(outcome.stderr).toContain("note: cars.csv: 2 tracks by car, at x, y, over time");
  expect(outcome.stderr).toContain("note: left out: 1 track of one point, once");
});

test("futures are as many as are asked for, of each agent, with a guess, and the same for the same seed", async () => {
  const asked = ["futures", "runs/cars", "--count", "3", "--steps", "4", "--spread", "2"];
  const { status, stdout } = await run(...asked);
  expect(status).toBe(0);
  const [header, ...lines] = stdout.trim().split("\n");
  expect(header).toBe("scene,agent,moment,future,step,x,y");
  expect(lines).toHaveLength(2 * 4 * 4); // agents, futures and a guess, steps
  expect(lines.filter((line) => line.startsWith("cars,blue,79,0,"))).toHaveLength(4);
  await run(...asked, "--out", "futures.csv");
  expect(readFileSync(join(folder, "futures.csv"), "utf8")).toBe(stdout);
});

test("tracks too short, and a run of something else, are one clear line", async () => {
  writeFileSync(join(folder, "short.csv"), "time,car,x,y\n0,a,0,0\n1,a,1,0\n");
  const short = await run("futures", "runs/cars", "--tracks", "short.csv");
  expect(short.status).not.toBe(0);
  expect(short.stderr).toMatch(/short\.csv: no agent was seen at 8 moments in a row/);
  const columns = await run(
    "train",
    "cars.csv",
    "--epochs",
    "1",
    "--hidden",
    "4",
    "--drop",
    "car",
    "--out",
    "runs/table",
  );
  expect(columns.status).toBe(0);
  const other = await run("futures", "runs/table");
  expect(other.stderr).toContain("this run is of table, not of tracks");
});
