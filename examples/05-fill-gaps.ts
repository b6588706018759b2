/** Fills gaps from what came before and what came after, and says how surely. */
import { datasetFromArrays, imputeSequences } from "vrnn";
import { mean, trained, waves } from "./shared.ts";

const data = datasetFromArrays(waves(), { only: ["wave"] });
const model = await trained(data);

const [whole] = data.splits.test;
const gaps = [30, 60, 90, 120].flatMap((start) => [0, 1, 2, 3, 4].map((step) => start + step));
const torn = { ...whole!, values: whole!.values.map((value, t) => (gaps.includes(t) ? Number.NaN : value)) };
const [imputed] = await imputeSequences({ ...model, sequences: [torn], particles: 100 });

for (const { step, draws } of imputed!.gaps.slice(0, 5)) {
  const spread = Math.sqrt(mean(draws.map((value) => (value - mean(draws)) ** 2)));
  const [filled, truth] = [imputed!.imputed, whole!].map(({ values }) => values[step]!.toFixed(2));
  console.log(`step ${step}: ${filled} ± ${spread.toFixed(2)}, it was ${truth}`);
}
const error = (fill: (step: number) => number) =>
  Math.sqrt(mean(gaps.map((step) => (fill(step) - whole!.values[step]!) ** 2)));
console.log(`error of the model: ${error((step) => imputed!.imputed.values[step]!).toFixed(2)}`);
console.log(`error of the mean: ${error(() => data.columns[0]!.mean).toFixed(2)}`);
