/** Graphs after each pass as files, where `VRNN_DUMP_GRAPH` names a folder. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { printGraph } from "../graph/print.ts";
import { type PassWatcher, watchPasses } from "../passes/optimise.ts";

/** Writes each graph to a file of its own, numbered in the order of passes: `0001-written.txt`, `0002-hoist.txt`, ... */
export function dumpInto(folder: string): PassWatcher {
  mkdirSync(folder, { recursive: true });
  let count = 0;
  return (pass, outputs) => {
    const number = String(++count).padStart(4, "0");
    writeFileSync(join(folder, `${number}-${pass}.txt`), printGraph(outputs));
  };
}

const folder = process.env["VRNN_DUMP_GRAPH"];
if (folder) watchPasses(dumpInto(folder));
