import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { constantVelocity } from "../../../src/baselines/constant-velocity.ts";
import { readMotion, readScenes } from "../../../src/data/files-motion.ts";
import { headingOf, pathAhead, pathOf } from "../../../src/data/motion/heading.ts";
import { motionDataset } from "../../../src/data/motion/motion-dataset.ts";
import { type Point, type ReadScene, type Scene, trackColumns } from "../../../src/data/motion/tracks.ts";
import {
  cutScene,
  lastWindows,
  mirrored,
  USUAL_WINDOW,
  windowsOf,
} from "../../../src/data/motion/windows.ts";
import { sequencesIn } from "../../../src/data/whole-sequences.ts";
import { displacementErrors, meanErrors } from "../../../src/metrics/displacement.ts";
import { Random } from "../../../src/random/generator.ts";
import { scratchFolder } from "../../run/scratch.ts";
import { testWithSharedData } from "../../shared-data.ts";

const folder = scratchFolder();

/** Agents that wander about, each there from a moment of its own on. */
function wandering(agents: number, moments: number): Scene {
  const random = Random.stream(5, "wandering");
  const places = Array.from({ length: moments }, () => new Map<string, Point>());
  for (let agent = 0; agent < agents; agent++) {
    let [x, y] = [random.normal(), random.normal()];
    for (let t = agent; t < moments; t++) {
      [x, y] = [x + 0.5 + 0.1 * random.normal(), y + 0.1 * random.normal()];
      places[t]!.set(`${agent}`, [x, y]);
    }
  }
  return { name: "wandering", moments: Float64Array.from(places.keys()), places };
}

/** The same scene with all places moved. */
const moved = (scene: Scene, move: (place: Point) => Point): Scene => ({
  ...scene,
  places: scene.places.map((then) => new Map([...then].map(([agent, place]) => [agent, move(place)]))),
});

/** The greatest difference of numbers that belong to each other. */
const apart = (some: ArrayLike<number>, others: ArrayLike<number>): number =>
  Math.max(...Array.from(some, (value, i) => Math.abs(value - others[i]!)));

const scene = wandering(4, 25);
const windows = windowsOf(scene, USUAL_WINDOW);

test("columns of tracks are found by what they are called, or by the order of ETH/UCY", () => {
  expect(trackColumns(["time", "ped_id", "x", "y", "mood"], "auto", "a")).toEqual({
    ...{ moment: "time", agent: "ped_id", x: "x", y: "y" },
  });
  expect(trackColumns(["column1", "column2", "column3", "column4"], "auto", "a")).toEqual({
    ...{ moment: "column1", agent: "column2", x: "column3", y: "column4" },
  });
  expect(() => trackColumns(["frame", "agent", "x", "height"], "auto", "a.csv")).toThrow(
    /a\.csv.*no column tells the y of tracks.*frame, agent, x and height/s,
  );
  expect(() => trackColumns(["frame", "agent", "x", "y"], "agemt", "a.csv")).toThrow(/did you mean.*agent/is);
});

test("scenes of one name in two folders are called by these, others by their files alone", () => {
  const track = "frame,agent,x,y\n0,a,0,0\n1,a,1,0\n2,a,2,0\n";
  const files = ["train/square.csv", "train/street.csv", "test/square.csv"];
  for (const file of files) {
    mkdirSync(dirname(join(folder, "twice", file)), { recursive: true });
    writeFileSync(join(folder, "twice", file), track);
  }
  const names = readScenes(join(folder, "twice")).map(({ scene }) => scene.name);
  expect(names.toSorted()).toEqual(["street", "test/square", "train/square"]);
});

test("tracks of one point are left out and counted, and what is no number is told with its place", () => {
  const path = join(folder, "cars.csv");
  writeFileSync(path, "frame,car,x,y\n0,a,0,0\n0,b,5,5\n1,a,1,0\n2,c,9,9\n3,a,2,0\n");
  const [read] = readScenes(path);
  expect(read!.notes).toEqual([
    `${path}: 1 track by car, at x, y, over frame`,
    "left out: 2 tracks of one point, b and c",
    "1 moment is not 1 after the one before, and counted as one step",
  ]);
  expect([...read!.scene.moments]).toEqual([0, 1, 3]);
  writeFileSync(path, "frame,car,x,y\n0,a,0,0\n1,a,1,0\n2,a,nan,0\n3,,3,0\n");
  expect(readScenes(path)[0]!.notes).toContain(
    "left out: 2 rows in which a moment, an agent or a place is missing",
  );
  writeFileSync(path, "frame,car,x,y\n0,a,0,0\n1,a,left,0\n2,a,1,1\n");
  expect(() => readScenes(path)).toThrow(/cars\.csv:3.*"left" is no number/s);
  writeFileSync(path, "frame,car,x,y\n0,a,0,0\n1,b,1,0\n");
  expect(() => readScenes(path)).toThrow(/no agent was seen twice.*--agent/s);
});

test("windows are of agents that are there throughout, one for each moment", () => {
  // Agent k is there from moment k on: 25 - k moments, of which 20 are a stretch.
  expect(windows.map(({ agent }) => agent).sort()).toEqual(
    [0, 1, 2, 3].flatMap((k) => Array<string>(25 - k - 19).fill(`${k}`)),
  );
  const alone = windowsOf(scene, USUAL_WINDOW, 2);
  expect(alone).toHaveLength(windows.length - 1); // from moment 0 on only the first agent is there throughout
});

test("departures lead back to the places they were made of", () => {
  for (const { agent, moment, heading, departures } of windows) {
    const path = pathOf(heading, departures);
    const taken = path.flatMap((_, t) => scene.places[moment + 1 + t]!.get(agent)!);
    expect(apart(path.flat(), taken)).toBeLessThan(1e-12);
  }
});

test("what a model reads does not depend on where a scene lies and how it is turned", () => {
  const [cos, sin] = [Math.cos(2), Math.sin(2)];
  const elsewhere = moved(scene, ([x, y]) => [cos * x - sin * y + 7, sin * x + cos * y - 3]);
  windowsOf(elsewhere, USUAL_WINDOW).forEach(({ seen, departures }, i) => {
    expect(apart(departures, windows[i]!.departures)).toBeLessThan(1e-12);
    expect(apart(seen, windows[i]!.seen)).toBeLessThan(1e-5);
  });
});

test("a window in a mirror is that of a scene in a mirror", () => {
  const mirror = moved(scene, ([x, y]) => [x, -y]);
  windowsOf(mirror, USUAL_WINDOW).forEach(({ seen, departures }, i) => {
    const own = mirrored(windows[i]!);
    expect(apart(departures, own.departures)).toBeLessThan(1e-12);
    expect(apart(seen, own.seen)).toBeLessThan(1e-5);
  });
});

test("others are told by their distance, those that left or are yet to come are not", () => {
  const path = (from: number, x: number) => (t: number) => (t < from ? undefined : ([x + t, 0] as Point));
  const agents = { own: path(0, 0), far: path(0, 9), near: path(6, 2), late: path(8, 1) };
  const places = Array.from({ length: 20 }, (_, t) => {
    const there = Object.entries(agents).flatMap(([name, at]) => {
      const place = at(t);
      return place ? [[name, place] as const] : [];
    });
    return new Map(there);
  });
  const [own] = windowsOf({ name: "row", moments: Float64Array.from(places.keys()), places }, USUAL_WINDOW);
  const rows = [0, 1, 2].map((row) => [...own!.seen.subarray(40 * row, 40 * (row + 1))]);
  expect(own!.seen).toHaveLength(3 * 40);
  expect(rows[0]!.slice(-5)).toEqual([0, 0, 1, 0, 1]);
  expect(rows[1]!.slice(0, 30).every((value) => value === 0)).toBe(true); // near came at moment 6
  expect(rows[1]!.slice(30)).toEqual([1, 0, 0, 0, 1, 2, 0, 1, 0, 1]);
  expect(rows[2]!.slice(-5)).toEqual([9, 0, 1, 0, 1]);
  expect([...own!.departures].every((value) => value === 0)).toBe(true);
});

test("what stands still looks along its path, or along x", () => {
  expect(
    headingOf([
      [0, 0],
      [0, 2],
      [0, 2],
    ]),
  ).toEqual({ origin: [0, 2], ahead: [0, 1], speed: 0 });
  expect(
    headingOf([
      [1, 1],
      [1, 1],
    ]).ahead,
  ).toEqual([1, 0]);
});

test("splits are stretches of time of each scene, training in a mirror too; files that are called after splits stay there", async () => {
  const long = wandering(3, 120);
  const data = motionDataset([long], "long", { split: [0.5, 0.25, 0.25] });
  const train = await sequencesIn(data.splits.train);
  const [half] = cutScene(long, [0.5, 0.25, 0.25]);
  expect(train).toHaveLength(2 * windowsOf(half!, USUAL_WINDOW).length);
  expect(await sequencesIn(data.splits.valid)).toHaveLength(3 * (30 - 19));
  const left = data.fields.x.columns[1]!;
  expect(left.mean).toBeCloseTo(0, 12);
  expect(() => motionDataset([wandering(2, 10)], "short.csv")).toThrow(/short\.csv.*20 moments in a row/s);
});

test("moments that are not evenly apart are told", () => {
  const rows = [0, 10, 20, 30, 130, 140].flatMap((t) => [`${t}\t1\t${t}\t0\n`]);
  writeFileSync(join(folder, "uneven.txt"), rows.join(""));
  const [{ notes }] = readScenes(join(folder, "uneven.txt")) as [ReadScene];
  expect(notes).toContain("1 moment is not 10 after the one before, and counted as one step");
  const even = rows.slice(0, 4).join("");
  writeFileSync(join(folder, "even.txt"), even);
  expect(readScenes(join(folder, "even.txt"))[0]!.notes.join()).not.toContain("after the one before");
});

test("a folder of splits is read as it says", async () => {
  for (const [split, moments] of [
    ["train", 30],
    ["test", 22],
  ] as const) {
    mkdirSync(join(folder, "splits", split), { recursive: true });
    const rows = wandering(2, moments).places.flatMap((then, t) =>
      [...then].map(([agent, [x, y]]) => `${10 * t}\t${agent}.0\t${x}\t${y}\n`),
    );
    writeFileSync(join(folder, "splits", split, "walk.txt"), rows.join(""));
  }
  const data = readMotion(join(folder, "splits"), { agent: "auto" });
  expect(data.notes).toContain("8 moments are seen, 12 are to come: 21 train, 0 valid, 5 test");
  expect(await sequencesIn(data.splits.test)).toHaveLength(5);
  expect(() => readMotion(join(folder, "splits"), { agent: "auto", split: [0.5, 0.25, 0.25] })).toThrow(
    "the option split has no effect",
  );
});

test("the last windows are of agents that were seen without a gap before they were seen last", () => {
  const gap = {
    ...scene,
    places: scene.places.map((then, t) => (t === 22 ? new Map([...then].slice(1)) : then)),
  };
  const { seen, short } = lastWindows(gap, 8);
  expect(short).toEqual(["0"]);
  expect(seen.map(({ agent }) => agent)).toEqual(["1", "2", "3"]);
  expect(seen.every(({ moment }) => moment === 24)).toBe(true);
});

testWithSharedData(
  "the windows of Social GAN, and constant velocity on them, are those of another program",
  (data) => {
    execFileSync("tar", ["xzf", join(data, "motion/eth_ucy.tar.gz"), "-C", folder, "--no-same-owner"]);
    const read = (name: string) =>
      readScenes(join(folder, `eth_ucy/all_data/${name}.txt`)).flatMap((each) =>
        windowsOf(each.scene, USUAL_WINDOW, 2),
      );
    const eth = read("biwi_eth");
    expect([eth.length, read("biwi_hotel").length]).toEqual([181, 1053]);
    const { average, final } = meanErrors(
      eth.map(({ heading, departures }) =>
        displacementErrors(constantVelocity(heading.speed, 12), pathAhead(heading, departures)),
      ),
    );
    expect(average).toBeCloseTo(0.995, 3);
    expect(final).toBeCloseTo(2.234, 3);
  },
);
