/** What the examples share: a signal to learn from, the training loop of the first example, and a few words on numbers. */
import {
  type Dataset,
  type Model,
  type Part,
  Random,
  type SequenceSource,
  Trainer,
  trainingOptions,
  type Values,
  Vrnn,
  type VrnnOptions,
  wholeSpans,
} from "vrnn";
import { nodeRuntime } from "vrnn/node";

/** Noisy waves of period 20 or 8, which switch from one to the other now and then: `fast` tells when. */
export function waves(count = 20, steps = 150): { wave: number[]; fast: number[] }[] {
  return Array.from({ length: count }, (_, i) => {
    const random = Random.stream(i, "wave");
    let [phase, isFast] = [0, random.uniform() < 0.5];
    const rows = Array.from({ length: steps }, () => {
      if (random.uniform() < 0.02) isFast = !isFast;
      phase += (2 * Math.PI) / (isFast ? 8 : 20);
      return { wave: Math.sin(phase) + 0.1 * random.normal(), fast: Number(isFast) };
    });
    return { wave: rows.map(({ wave }) => wave), fast: rows.map(({ fast }) => fast) };
  });
}

export interface Settings {
  readonly epochs?: number;
  readonly model?: Partial<VrnnOptions>;
  /** Another model than a VRNN. */
  readonly make?: (data: Dataset) => Model;
  readonly training?: Readonly<Record<string, unknown>>;
}

/** Trains a small model as the first example does, and gives what every task takes. */
export async function trained(data: Dataset, { epochs = 35, model: shape, make, training }: Settings = {}) {
  const { columns, conditions } = data;
  const runtime = nodeRuntime();
  const model = make?.(data) ?? new Vrnn({ columns, conditions, hidden: 24, latent: 3, ...shape });
  const options = trainingOptions.parse({ epochs, learningRate: 0.02, window: 50, shards: 1, ...training });
  const trainer = await Trainer.create({ model, data, options, runtime });
  for await (const _ of trainer.fit()) {
    // What happens is told in the first example.
  }
  await trainer.dispose();
  return { runtime, model, weights: trainer.bestWeights, columns, seed: 1 };
}

export const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

/** Every sequence of a source, whole. */
export async function everyPart(source: SequenceSource): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const part of source.open(wholeSpans(await source.index()))) parts.push(part);
  return parts;
}

/** Numbers as the value of an input of a program. */
export const floats = (shape: readonly number[], numbers: ArrayLike<number>) => ({
  dtype: "float32" as const,
  shape,
  data: Float32Array.from(numbers),
});

/** The numbers of an output of a program. */
export const numbersOf = (results: Values, name: string): number[] => Array.from(results[name]!.data, Number);
