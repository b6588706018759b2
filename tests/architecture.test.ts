import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

/** The rooms from the ground up: a room may use those above it in this list, never those below. */
const rooms = [
  "errors",
  "collections",
  "text",
  "random",
  "graph",
  "autodiff",
  "passes",
  "onnx",
  "runtime",
  "data",
  "distributions",
  "nn",
  "models",
  "objectives",
  "metrics",
  "baselines",
  "checkpoint",
  "train",
  "tasks",
  "export",
  "web",
  "report",
  "run",
  "telemetry",
  "demo",
  "cli",
] as const;

/** Files that may use Node; everything else runs in a browser unchanged. */
const nodeOnly = [
  /^runtime\/node/,
  /^data\/files/,
  /^run\//,
  /^telemetry\//,
  /^demo\//,
  /^cli\//,
  /^node\.ts$/,
];

const root = resolve(import.meta.dirname, "../src");
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const roomOf = (file: string): string =>
  file.includes("/") ? (file.split("/")[0] as string) : file.replace(/\.ts$/, "");

const importsOf = (file: string): string[] =>
  [...readFileSync(join(root, file), "utf8").matchAll(/^(?:import|export)\b[^;]*?from "([^"]+)"/gms)].map(
    (match) => match[1] as string,
  );

const localImports = (file: string): string[] =>
  importsOf(file).flatMap((target) =>
    target.startsWith(".") ? [relative(root, resolve(root, dirname(file), target))] : [],
  );

test("every room is listed", () => {
  const entries = ["index", "node"];
  const unknown = [...new Set(files.map(roomOf))].filter(
    (room) => !(rooms as readonly string[]).includes(room) && !entries.includes(room),
  );
  expect(unknown).toEqual([]);
});

describe("arrows point down", () => {
  test.each(rooms)("%s", (room) => {
    const rank = (name: string) => (rooms as readonly string[]).indexOf(name);
    const upwards = files
      .filter((file) => roomOf(file) === room)
      .flatMap((file) =>
        localImports(file)
          .filter((target) => rank(roomOf(target)) > rank(room))
          .map((target) => `${file} → ${target}`),
      );
    expect(upwards).toEqual([]);
  });
});

test("no file imports itself through others", () => {
  const state = new Map<string, "open" | "done">();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === "open") cycles.push([...path.slice(path.indexOf(file)), file].join(" → "));
    if (state.has(file)) return;
    state.set(file, "open");
    for (const target of localImports(file)) visit(target, [...path, file]);
    state.set(file, "done");
  };
  for (const file of files) visit(file, []);
  expect(cycles).toEqual([]);
});

test("outside its own files, nothing needs Node", () => {
  const strangers = files
    .filter((file) => !nodeOnly.some((pattern) => pattern.test(file)))
    .flatMap((file) =>
      importsOf(file)
        .filter(
          (target) =>
            target.startsWith("node:") || target === "onnxruntime-node" || target === "csv-parse/sync",
        )
        .map((target) => `${file}: ${target}`),
    );
  expect(strangers).toEqual([]);
});
