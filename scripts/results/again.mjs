/** Measures a row again: its command in an empty folder, its figure out of what the command prints. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { bestBaseline, root, verdictOf } from "./rows.mjs";

/**
 * The entry at a path such as `train.tiny.ratio` or `rows[column=load1,horizon=30].coverage`, where brackets choose the
 * element of a list whose entries are as they say; undefined where there is none.
 */
export function entryAt(object, path) {
  const steps = [...path.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)];
  return steps.reduce((value, [, key, conditions]) => {
    if (key !== undefined) return value?.[key];
    const wanted = conditions.split(",").map((each) => each.split("="));
    return value?.find((element) => wanted.every(([name, text]) => String(element[name]) === text));
  }, object);
}

/** What a command prints on stdout; stderr is passed on. */
async function output(command, cwd) {
  const bin = join(cwd, "bin");
  mkdirSync(bin);
  symlinkSync(join(root, "dist/cli/main.js"), join(bin, "vrnn"));
  const env = {
    ...process.env,
    VRNN_ROOT: root,
    VRNN_DATA: process.env.VRNN_DATA ?? join(root, "../shared/data"),
    PATH: `${bin}${delimiter}${process.env.PATH}`,
  };
  const child = spawn("sh", ["-c", command], { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (part) => {
    text += part;
  });
  const status = await new Promise((resolve) => child.once("close", resolve));
  if (status !== 0) throw new Error(`the command ended with ${status}: ${command}`);
  return text;
}

/** Runs a command in an empty folder: the JSON object that it prints last, and how long it took. */
export async function measured(command) {
  const cwd = mkdtempSync(join(tmpdir(), "vrnn-results-"));
  const begin = performance.now();
  try {
    const last = (await output(command, cwd)).trimEnd().split("\n").at(-1);
    return { printed: JSON.parse(last), seconds: (performance.now() - begin) / 1000 };
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** The figure at a path of what a row's command printed. */
function figureAt(printed, path, row) {
  const found = entryAt(printed, path);
  if (!Number.isFinite(found)) throw new Error(`${row}: the command printed no figure at ${path}`);
  return found;
}

/** Runs a row's command: what was found, and how far it is from what is written. */
export async function again({ row, value, command, extract }) {
  const { printed, seconds } = await measured(command);
  const found = figureAt(printed, extract, row);
  return { row, written: value, found, difference: found - value, seconds };
}

/** A figure with as many digits as the one that it replaces, or three. */
function written(found, before) {
  const digits = Math.abs(before).toString().replace(/e.*$/, "").replace(".", "").replace(/^0+/, "").length;
  return Number(found.toPrecision(Math.max(3, digits)));
}

/** The interval that a command printed of a row's value, as one of its difference from the best baseline. */
function intervalIn(printed, row) {
  if (row.intervalExtract === undefined) return row.interval;
  const ends = entryAt(printed, row.intervalExtract);
  if (!Array.isArray(ends))
    throw new Error(`${row.row}: the command printed no interval at ${row.intervalExtract}`);
  return ends.map((end) => Number((end - bestBaseline(row)).toPrecision(3)));
}

/** A row with what its command has printed now; baselines that the command does not print stay. */
export function renewed(row, { printed, seconds }, commit) {
  const figure = (path, before) => written(figureAt(printed, path, row.row), before);
  const baselines = Object.entries(row.baselines).map(([name, before]) => {
    const path = row.baselineExtracts?.[name];
    return [name, path === undefined ? before : figure(path, before)];
  });
  const figures = { value: figure(row.extract, row.value), baselines: Object.fromEntries(baselines) };
  const now = { ...row, ...figures, interval: intervalIn(printed, { ...row, ...figures }) };
  return { ...now, verdict: verdictOf(now), seconds: Math.round(seconds), ...commit };
}
