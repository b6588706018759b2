import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

/** The rooms from the ground up: a room may use those above it in this list, never those below. */
const rooms = [
  "legible",
  "errors",
  "zod",
  "options",
  "collections",
  "names",
  "words",
  "random",
  "graph",
  "autodiff",
  "passes",
  "onnx",
  "runtime",
  "data",
  "nn",
  "distributions",
  "models",
  "objectives",
  "metrics",
  "baselines",
  "checkpoint",
  "train",
  "run",
  "inference",
  "calibration",
  "anomaly",
  "patterns",
  "tables",
  "export",
  "report",
  "workbench",
  "operations",
  "web",
  "telemetry",
  "demo",
  "comparison",
  "cli",
] as const;

/** Files that may use Node; everything else runs in a browser unchanged. */
const nodeOnly = [
  /^runtime\/node/,
  /^data\/files/,
  /^run\//,
  /^workbench\//,
  /^telemetry\//,
  /^demo\//,
  /^comparison\//,
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

const isNode = (target: string): boolean => target.startsWith("node:") || target === "onnxruntime-node";

const mayNeedNode = (file: string): boolean => nodeOnly.some((pattern) => pattern.test(file));

test("outside its own files, nothing needs Node", () => {
  const strangers = files
    .filter((file) => !mayNeedNode(file))
    .flatMap((file) =>
      importsOf(file)
        .filter(isNode)
        .map((target) => `${file}: ${target}`),
    );
  expect(strangers).toEqual([]);
});

/** What a file loads at once or when it is asked for: types are gone by then. */
const loadsOf = (file: string): string[] =>
  [
    ...readFileSync(join(root, file), "utf8").matchAll(
      /^(?:import|export)\b(?! type\b)[^;]*?from "([^"]+)"|\bimport\("([^"]+)"\)/gms,
    ),
  ].map(([, at, later]) => (at ?? later) as string);

/** The way from a file to what needs Node, if there is one. */
function wayToNode(file: string, seen = new Set<string>()): string[] | undefined {
  if (seen.has(file)) return undefined;
  seen.add(file);
  for (const target of loadsOf(file)) {
    if (isNode(target)) return [file, target];
    const inside = target.startsWith(".") ? relative(root, resolve(root, dirname(file), target)) : undefined;
    const way = inside === undefined ? undefined : wayToNode(inside, seen);
    if (way !== undefined) return [file, ...way];
  }
  return undefined;
}

test("no operation, and nothing that it loads, needs Node", () => {
  const rooms = files.filter((file) => /^(operations|web)\//.test(file));
  expect(rooms.length).toBeGreaterThan(20);
  expect(rooms.flatMap((file) => wayToNode(file)?.join(" → ") ?? [])).toEqual([]);
  expect(wayToNode("cli/place.ts")).toBeDefined();
});

describe("documents", () => {
  const read = (file: string) => readFileSync(resolve(root, "../docs", file), "utf8");

  test("the table of rooms is the tree, in its order", () => {
    const rows = [...read("architecture.md").matchAll(/^\| `([\w-]+)(?:\.ts|\/)` /gm)].map(
      ([, room]) => room,
    );
    expect(rows).toEqual(rooms);
  });

  test.each(["architecture.md", "glossary.md"])("%s names files that are there", (file) => {
    const named = [...read(file).matchAll(/`((?:[a-z-]+\/)+[a-z-]+\.ts)`/g)].map(
      ([, path]) => path as string,
    );
    expect(named.length).toBeGreaterThan(5);
    const missing = named.filter((path) => !files.includes(path) && !existsSync(resolve(root, "..", path)));
    expect(missing).toEqual([]);
  });
});
