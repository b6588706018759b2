/** Runs that earlier versions wrote, a folder of fixtures for each: what they gave then they give now. */
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { scoreSequences } from "../../src/inference/score.ts";
import { digestOf, requireSameDigest } from "../../src/run/digest.ts";
import { openRun } from "../../src/run/run.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { readRunData } from "../../src/workbench/run-data.ts";
import { trainRun } from "../../src/workbench/train.ts";
import { scratchFolder } from "./scratch.ts";

const fixtures = join(import.meta.dirname, "fixtures");
const scratch = scratchFolder();
const runtime = nodeRuntime();

interface Written {
  readonly format: number;
  /** The test bound that five epochs end with; what the version that wrote the run came to with its own random numbers. */
  readonly resumed: number;
  readonly resumedThen: number;
}

/**
 * Each is the folder that `vrnn train waves.csv --hidden 4 --latent 2 --epochs 3 --window 16 … --out format-N` wrote, with
 * the table of `vrnn score` on its test split, and the test bound that `vrnn train --resume … --epochs 5` ended with.
 *
 * - Format 1, of version 0.1.0: `--emission persistent --weight-decay 0.01 --dropout 0.1`
 * - Format 2, of version 0.1.0: `--emission persistent --covariates tick --initial learned --free-bits 0.02 --cell lstm
 *   --prior standard --split 0.5,0.2,0.3`
 * - Format 3, of version 0.1.0: `--emission persistent --covariates tick --initial learned --free-bits 0.02 --split
 *   0.5,0.2,0.3`
 */
const written: readonly Written[] = [
  { format: 1, resumed: -5.3736332654953, resumedThen: -5.3736332654953 },
  { format: 2, resumed: -5.290973348750009, resumedThen: -5.290469701091449 },
  { format: 3, resumed: -5.299713393052419, resumedThen: -5.299713393052419 },
];

describe.each(written)("a run of format $format", ({ format, resumed, resumedThen }) => {
  const folder = join(fixtures, `format-${format}`);
  const data = join(folder, "waves.csv");

  test("scores its data as it did", async () => {
    const { config, model, weights } = openRun(folder);
    const { columns, splits } = readRunData(config, () => {}, data);
    const [scores] = await scoreSequences({
      runtime,
      model,
      weights,
      columns,
      sequences: splits.test,
      seed: 1,
    });
    const rows = readFileSync(join(folder, "scores.csv"), "utf8").trimEnd().split("\n").slice(1);
    const totals = rows.map((row) => Number(row.split(",")[2]));
    expect(scores!.total).toHaveLength(totals.length);
    totals.forEach((total, t) => {
      expect(scores!.total[t]).toBeCloseTo(total, 4);
    });
  });

  test("goes on as it would have, but for the random numbers of its steps", async () => {
    const path = join(scratch, `resumed-${format}`);
    cpSync(folder, path, { recursive: true });
    const { config } = openRun(path);
    const dataset = readRunData(config, () => {}, data);
    requireSameDigest(config, digestOf(dataset), data);
    const longer = { ...config, training: { ...config.training, epochs: 5 } };
    const events = trainRun({ path, config: longer, data: dataset, runtime, start: "resume" });
    let bound: number | undefined;
    for await (const event of events) if (event.type === "result") bound = event.bounds.test?.natsPerStep;
    expect(bound).toBeCloseTo(resumed, 4);
    expect(Math.abs(resumed - resumedThen)).toBeLessThan(0.02);
  });
});
