/** Runs that earlier versions wrote, a folder of fixtures for each: what they gave then they give now. */
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readRunData, requireSameData } from "../../src/run/data.ts";
import { openRun } from "../../src/run/run.ts";
import { trainRun } from "../../src/run/train.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { scoreSequences } from "../../src/tasks/score.ts";
import { scratchFolder } from "./scratch.ts";

const fixtures = join(import.meta.dirname, "fixtures");
const scratch = scratchFolder();
const runtime = nodeRuntime();

/**
 * Format 1, of version 0.1.0: `vrnn train waves.csv --hidden 4 --latent 2 --epochs 3 --window 16 --emission persistent
 * --weight-decay 0.01 --dropout 0.1 --out format-1`, then `vrnn score format-1 --out scores.csv`, and the test bound
 * that `vrnn train --resume format-1 --epochs 5` ended with.
 */
const format1 = { folder: join(fixtures, "format-1"), resumedTestBound: -5.3736332654953 };

describe("a run of format 1", () => {
  const data = join(format1.folder, "waves.csv");

  test("scores its data as it did", async () => {
    const { config, model, weights } = openRun(format1.folder);
    const { columns, splits } = readRunData(config, data);
    const [scores] = await scoreSequences({
      runtime,
      model,
      weights,
      columns,
      sequences: splits.test,
      seed: 1,
    });
    const rows = readFileSync(join(format1.folder, "scores.csv"), "utf8").trimEnd().split("\n").slice(1);
    const totals = rows.map((row) => Number(row.split(",")[2]));
    expect(scores!.total).toHaveLength(totals.length);
    totals.forEach((total, t) => {
      expect(scores!.total[t]).toBeCloseTo(total, 4);
    });
  });

  test("goes on as it would have", async () => {
    const path = join(scratch, "resumed");
    cpSync(format1.folder, path, { recursive: true });
    const { config } = openRun(path);
    const dataset = readRunData(config, data);
    requireSameData(config, dataset, data);
    const longer = { ...config, training: { ...config.training, epochs: 5 } };
    const events = trainRun({ path, config: longer, data: dataset, runtime, start: "resume" });
    let bound: number | undefined;
    for await (const event of events) if (event.type === "result") bound = event.bounds.test?.natsPerStep;
    expect(bound).toBeCloseTo(format1.resumedTestBound, 4);
  });
});
