import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import "../built.ts";
import * as g from "../../src/graph/index.ts";
import { finish, finishing, optimisation, optimise, watchPasses } from "../../src/passes/optimise.ts";
import { dumpInto } from "../../src/runtime/node-dump.ts";

afterEach(() => watchPasses());

/** x·w inside a loop that need not be there. */
function written(): g.Tensor {
  const [x, w] = [g.input("x", ["T", "B", 3]), g.input("w", [3, 3])];
  return g.scan({
    state: { h: g.input("h", ["B", 3]) },
    over: { x },
    step: ({ h }, { x: now }) => ({ state: { h: g.add(h, g.matmul(now, w)) }, outputs: {} }),
  }).state.h;
}

test("a watcher sees the graph as it was written and after each pass, in order", () => {
  const seen: [string, g.Tensor][] = [];
  watchPasses((pass, [output]) => void seen.push([pass, output as g.Tensor]));
  const start = written();
  const [end] = finish([start]);
  expect(seen.map(([pass]) => pass)).toEqual(["written", ...finishing().map(({ name }) => name)]);
  expect(seen[0]?.[1]).toBe(start);
  expect(seen.at(-1)?.[1]).toBe(end);
  watchPasses();
  optimise([start]);
  expect(seen).toHaveLength(1 + finishing().length);
});

test("passes have names of their own", () => {
  const names = finishing().map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.slice(0, optimisation.length)).toEqual(optimisation.map(({ name }) => name));
});

test("graphs are written to a folder, a file after each pass", () => {
  const folder = join(mkdtempSync(join(tmpdir(), "vrnn-dump-")), "graphs");
  watchPasses(dumpInto(folder));
  finish([written()]);
  const files = readdirSync(folder).sort();
  expect(files).toHaveLength(1 + finishing().length);
  expect(files.slice(0, 3)).toEqual(["0001-written.txt", "0002-cut.txt", "0003-hoist.txt"]);
  const textOf = (file: string | undefined) => readFileSync(join(folder, file as string), "utf8");
  expect(textOf(files[0])).toMatch(/scan \{[^}]*matmul[^}]*\}/);
  expect(textOf(files[2])).not.toMatch(/scan \{[^}]*matmul[^}]*\}/);
  expect(textOf(files[2])).toMatch(/matmul/);
  rmSync(folder, { recursive: true });
});

test("VRNN_DUMP_GRAPH names the folder", () => {
  const folder = mkdtempSync(join(tmpdir(), "vrnn-dump-"));
  const script = `
    import { finish, graph as g } from "vrnn";
    import "vrnn/node";
    finish([g.exp(g.input("x", ["T"]))]);
  `;
  const env = { ...process.env, VRNN_DUMP_GRAPH: folder };
  spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    env,
    cwd: new URL("../..", import.meta.url),
  });
  expect(readdirSync(folder)).toHaveLength(1 + finishing().length);
  rmSync(folder, { recursive: true });
});
