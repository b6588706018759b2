import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { RunFolder } from "../../src/run/folder.ts";
import { errorOf, scratchFolder } from "./scratch.ts";

const scratch = scratchFolder();
const cursorSchema = z.object({});
const full = {
  code: "file/write",
  message: expect.stringMatching(/ENOSPC.*free some space or choose another folder with --out/),
};

const checkpointOf = (step: number, size: number) => {
  const weights = { w: { dtype: "F32" as const, shape: [size], data: new Float32Array(size).fill(step) } };
  return { step, cursor: {}, weights, optimiser: {}, best: weights, carried: {}, running: {} };
};

describe.skipIf(!existsSync("/dev/full"))(
  "with a device that is always full (skipped without /dev/full)",
  () => {
    test("a checkpoint that cannot be written leaves the weights of the one before", () => {
      const run = RunFolder.create(join(scratch, "a"), {});
      run.save(checkpointOf(1, 10));
      const files = readdirSync(run.path);
      const [state, kept] = [join(run.path, "state.safetensors"), join(scratch, "kept")];
      renameSync(state, kept);
      symlinkSync("/dev/full", state);
      expect(errorOf(() => run.save(checkpointOf(2, 10)))).toMatchObject(full);
      expect(readdirSync(run.path)).toEqual(files);
      expect(run.weights()).toEqual(checkpointOf(1, 10).weights);
      renameSync(kept, state);
      expect(run.resume(cursorSchema)).toEqual(checkpointOf(1, 10));
      run.unlock();
    });

    test("an event that cannot be written is an error", () => {
      const run = RunFolder.create(join(scratch, "b"), {});
      symlinkSync("/dev/full", join(run.path, "metrics.jsonl"));
      expect(errorOf(() => run.append({ step: 1 }))).toMatchObject(full);
      run.unlock();
    });
  },
);

const disk = join(scratch, "disk");
mkdirSync(disk);
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", disk]).status === 0;
afterAll(() => {
  if (mounted) spawnSync("umount", [disk]);
});

describe.skipIf(!mounted)("with a small disk (skipped where mounting one is not permitted)", () => {
  /** Leaves `room` bytes, in steps of a page. */
  function fill(room: number): void {
    const chunk = Buffer.alloc(4096);
    const parts: Buffer[] = [];
    while (
      errorOf(() => writeFileSync(join(disk, "ballast"), Buffer.concat([...parts, chunk]))) === undefined
    )
      parts.push(chunk);
    writeFileSync(join(disk, "ballast"), Buffer.concat(parts.slice(0, parts.length - room / 4096)));
  }

  test("the last good checkpoint and the metrics stay whole", () => {
    const run = RunFolder.create(join(disk, "run"), {});
    run.append({ step: 1 });
    run.save(checkpointOf(1, 1000));
    fill(4096);
    expect(errorOf(() => run.save(checkpointOf(2, 8000)))).toMatchObject(full);
    fill(0);
    expect(errorOf(() => run.append({ step: 2, note: "x".repeat(20_000) }))).toMatchObject(full);
    expect(readFileSync(join(run.path, "metrics.jsonl"), "utf8")).toBe('{"step":1}\n');
    expect(readdirSync(run.path).sort()).toEqual([
      "config.json",
      "metrics.jsonl",
      "state.safetensors",
      "train.lock",
      "weights.safetensors",
    ]);
    rmSync(join(disk, "ballast"));
    expect(run.resume(cursorSchema)).toEqual(checkpointOf(1, 1000));
    run.unlock();
  });

  test("a run that cannot begin leaves nothing", () => {
    rmSync(join(disk, "run"), { recursive: true, force: true });
    fill(0);
    expect(errorOf(() => RunFolder.create(join(disk, "runs", "new"), { note: "x" }))).toMatchObject(full);
    expect(readdirSync(disk)).toEqual(["ballast"]);
  });
});
