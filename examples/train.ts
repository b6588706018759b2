/** Trains a VRNN on sequences in files and says how likely held-out ones are. */
import { Trainer, trainingOptions, Vrnn } from "vrnn";
import { nodeRuntime, readDataset } from "vrnn/node";

export async function train(path: string, epochs: number): Promise<number> {
  const data = readDataset(path);
  const model = new Vrnn({
    columns: data.columns,
    hidden: 32,
    latent: 8,
    cell: "gru",
    layers: 1,
    residual: true,
  });
  const options = trainingOptions.parse({ epochs, batchSize: 8, window: 100 });
  const trainer = await Trainer.create({ model, data, options, runtime: nodeRuntime() });
  for await (const event of trainer.fit()) {
    if (event.type === "epoch")
      console.log(`epoch ${event.epoch}: ${event.valid.natsPerStep.toFixed(3)} nats per step`);
  }
  const { natsPerStep } = await trainer.evaluate(data.splits.test);
  await trainer.dispose();
  return natsPerStep;
}
