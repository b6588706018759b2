import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Trainer, trainingOptions } from "vrnn";
import { nodeRuntime, readDataset } from "vrnn/node";
import { Storn } from "../examples/own-model.ts";
import { train } from "../examples/train.ts";

const folder = mkdtempSync(join(tmpdir(), "vrnn-examples-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A thousand steps of a wave and its sign, as a file. */
function waveFile(): string {
  const rows = Array.from(
    { length: 1000 },
    (_, t) => `${(t / 5).toFixed(1)},${Math.sin(t / 4).toFixed(2)},${Math.sin(t / 4) > 0 ? 1 : 0}`,
  );
  const path = join(folder, "wave.csv");
  writeFileSync(path, `time_s,wave,up\n${rows.join("\n")}\n`);
  return path;
}

test("examples/train.ts learns a wave from a file", async () => {
  const path = waveFile();
  const [early, later] = [await train(path, 1), await train(path, 25)];
  expect(later).toBeGreaterThan(early + 1);
});

test("examples/own-model.ts trains through the same contract", async () => {
  const data = readDataset(waveFile());
  const options = trainingOptions.parse({ epochs: 20, learningRate: 1e-2, window: 100 });
  const trainer = await Trainer.create({
    model: new Storn(data.columns, 24, 2),
    data,
    options,
    runtime: nodeRuntime(),
  });
  const bounds: number[] = [];
  for await (const event of trainer.fit()) if (event.type === "epoch") bounds.push(event.valid.natsPerStep);
  await trainer.dispose();
  expect(bounds.at(-1) as number).toBeGreaterThan((bounds[0] as number) + 1);
});
