/**
 * A model whose posterior reads ahead: SRNN (Fraccaro et al. 2016) infers each step's latent variables from the whole
 * sequence, which makes its bound tighter. Live, where nothing lies ahead, particles follow the data: draws from the
 * prior, weighed by what comes.
 */
import { datasetFromArrays, filterSequences, ParticleStream, Srnn, Stream, scoreSequences } from "vrnn";
import { mean, trained, waves } from "./shared.ts";

const data = datasetFromArrays(waves(), { only: ["wave"] });
const settings = await trained(data, { make: ({ columns }) => new Srnn({ columns, hidden: 24, latent: 3 }) });
const sequences = data.splits.test;

const scores = await scoreSequences({ ...settings, sequences });
console.log(`SRNN: ${mean(scores.flatMap(({ total }) => [...total])).toFixed(3)} nats per step`);

const filtered = await filterSequences({ ...settings, sequences, particles: 100 });
const error = (predict: (i: number, t: number) => number) =>
  Math.sqrt(
    mean(
      sequences.flatMap(({ values }, i) => Array.from(values, (value, t) => (value - predict(i, t)) ** 2)),
    ),
  );
console.log(
  `error one step ahead, by particles: ${error((i, t) => filtered[i]!.forecastMean[t]!).toFixed(3)}`,
);
console.log(`that of "as it is now: ${error((i, t) => sequences[i]!.values[t - 1] ?? 0).toFixed(3)}"`);

const live = await ParticleStream.open({ ...settings, particles: 100 });
const answers = [];
for (const value of sequences[0]!.values) answers.push(await live.step([value]));
await live.close();
const bound = mean([...scores[0]!.total]).toFixed(3);
const nats = mean(answers.map(({ total }) => total)).toFixed(3);
const counting = mean(answers.map(({ effectiveSize }) => effectiveSize!)).toFixed(0);
console.log(`live, 100 of them: ${nats} nats per step, ${counting} count; the bound knew it all: ${bound}`);

try {
  await Stream.open(settings);
} catch (error) {
  const { code, message } = error as Error & { code: string };
  console.log(`a stream without particles is refused: ${code}, ${message}`);
}
