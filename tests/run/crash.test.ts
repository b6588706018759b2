import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import type { StoredTensors } from "../../src/checkpoint/safetensors.ts";
import { Random } from "../../src/random/generator.ts";
import { RunFolder } from "../../src/run/folder.ts";
import { built } from "../built.ts";
import { scratchFolder } from "./scratch.ts";

// The writer is a process of its own and runs the compiled code, as it is told where that is.
const writer = fileURLToPath(new URL("fixtures/writer.mjs", import.meta.url));
const scratch = scratchFolder();
const cursorSchema = z.object({ epoch: z.number() });
const KILLS = 20;

async function writeAndKill(path: string, milliseconds: number): Promise<void> {
  const child = spawn(process.execPath, [writer, built("run/folder.js"), path], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  await firstCheckpoint(child);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  child.kill("SIGKILL");
  await once(child, "exit");
}

/** Waits for the writer's first line; a writer that ends before it has failed, and its complaint is the test's. */
async function firstCheckpoint(child: ChildProcess): Promise<void> {
  let complaint = "";
  child.stderr!.on("data", (text) => {
    complaint += text;
  });
  const ended = once(child, "close").then(() => Promise.reject(new Error(`the writer ended: ${complaint}`)));
  ended.catch(() => {}); // it is killed later, when nobody waits for this any more
  await Promise.race([once(child.stdout!, "data"), ended]);
}

/** The one value that all tensors hold, as the writer fills them. */
function commonValue(tensors: StoredTensors): number {
  const values = new Set(Object.values(tensors).flatMap(({ data }) => Array.from(data, Number)));
  expect(values.size).toBe(1);
  return [...values][0]!;
}

test(`after each of ${KILLS} kills at random moments the folder opens with a complete checkpoint`, async () => {
  const path = join(scratch, "run");
  const random = Random.stream(1, "kills");
  let lastStep = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    await writeAndKill(path, random.uniform() * 40);
    const run = RunFolder.open(path, z.object({}));
    run.lock();
    const { step, cursor, weights, optimiser, best } = run.resume(cursorSchema)!;
    expect(step).toBeGreaterThan(lastStep);
    expect([cursor.epoch, commonValue(weights), commonValue(optimiser), commonValue(best)]).toEqual([
      step,
      step,
      step,
      step,
    ]);
    expect(commonValue(run.weights())).toBe(step);
    expect(run.events().map((event) => event.step)).toEqual(Array.from({ length: step }, (_, at) => at + 1));
    expect(readdirSync(path).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    run.unlock();
    lastStep = step;
  }
});
