/** What reads the files of a run and of a watch that are JSON, each with valid ones. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { likeJson } from "./structured.mjs";

const fixture = join(import.meta.dirname, "../../tests/run/fixtures/format-3");
const encoder = new TextEncoder();

const CONFIG = JSON.parse(readFileSync(join(fixture, "config.json"), "utf8"));
const TOKENS = {
  kind: "tokens",
  role: "target",
  axis: "T",
  vocabulary: { unit: "characters", tokens: ["a", "b"] },
};
const LABEL = { kind: "label", role: "label", axis: "none", levels: ["ham", "spam"], shares: [0.5, 0.5] };
const FRAMES = {
  kind: "frames",
  role: "target",
  axis: "T",
  shape: [8, 8],
  storage: "uint8",
  range: [0, 255],
};

/** Of a table, of texts with labels, of moving pictures. */
const CONFIGS = [
  CONFIG,
  { ...CONFIG, modality: { name: "text" }, fields: { x: TOKENS, label: LABEL } },
  { ...CONFIG, modality: { name: "images" }, fields: { x: FRAMES } },
].map((config) => JSON.stringify(config));

const WEIGHTS = Uint8Array.of(1, 2, 3);
const HEAD = { version: 1, weights: createHash("sha256").update(WEIGHTS).digest("hex") };
const MAPS = [
  [0, 0.4, 1],
  [0.1, 0.5, 0.9],
];
const CALIBRATION = JSON.stringify({ ...HEAD, horizons: [1, 5], columns: { wave: MAPS } });
const FILLS = JSON.stringify({
  ...HEAD,
  lag: 4,
  islandSize: 8,
  partial: [{ column: "wave", distances: [1, 3], levels: MAPS }],
  whole: [],
});
const WATCH = JSON.stringify({
  ...HEAD,
  seed: 1,
  state: {
    lines: 7,
    header: "wave,state",
    odd: 1,
    misread: 0,
    nats: -3.5,
    stream: { step: 6, noise: { stream: [1, 2, 3, 4], position: 9 }, parts: { memory: [0.5, -1] } },
    detector: [[0.5], [1, 2]],
  },
});

/** @throws Error where a map falls or leaves the shares, or horizons do not rise */
function checkMaps({ horizons, columns }) {
  const rises = (numbers) => numbers.every((each, i) => i === 0 || each >= numbers[i - 1]);
  if (!rises(horizons)) throw new Error("horizons fall");
  for (const map of Object.values(columns).flat())
    if (!rises(map) || map[0] < 0 || map.at(-1) > 1) throw new Error("a map of levels falls");
}

/**
 * The parsers by name.
 *
 * @param load gives a module of the sources by its path without ending
 * @param fileOf writes a file and tells its path
 */
export async function runFiles(load, fileOf) {
  const [config, runConfig, calibration, fills, watch] = await Promise.all(
    [
      "run/config",
      "run/run-config",
      "workbench/calibration",
      "workbench/fill-calibration",
      "workbench/watch-state",
    ].map(load),
  );
  /** A run with these bytes for a calibration, and no data to make another of. */
  const runWith = (bytes) => ({
    config: { ...CONFIG, data: { ...CONFIG.data, path: fileOf("none/a.csv", "") } },
    weights: WEIGHTS,
    folder: { calibration: () => ({ bytes, path: "calibration.json" }) },
  });
  const json = (samples, parse) => ({
    samples: samples.map((sample) => encoder.encode(sample)),
    make: likeJson(samples),
    parse,
  });
  return {
    config: json(
      CONFIGS,
      (bytes) => void config.readConfig(fileOf("config.json", bytes), runConfig.runConfig),
    ),
    calibration: json([CALIBRATION], async (bytes) =>
      checkMaps(await calibration.calibrationOf(runWith(bytes), undefined, () => undefined)),
    ),
    "fill-calibration": json([FILLS], (bytes) => {
      const { partial, whole } = fills.keptFills(runWith(bytes), { lag: 4, islandSize: 8 }) ?? {};
      for (const map of [...(partial?.values() ?? []), ...(whole?.values() ?? [])]) checkMaps(map);
    }),
    "watch-state": json([WATCH], (bytes) => {
      const run = { weights: WEIGHTS };
      void new watch.WatchStateFile(fileOf("watch.json", bytes), run, 1).read();
    }),
  };
}
