/** What is known beside the data: a kind of shop, and holidays, which are known in advance. Either may be withheld. */
import { datasetFromArrays, forecastSequences, Random, scoreSequences } from "vrnn";
import { mean, trained } from "./shared.ts";

const random = Random.stream(1, "shops");
const shops = Array.from({ length: 30 }, (_, i) => {
  const shop = i % 2 ? "large" : "small";
  const holiday = Array.from({ length: 60 }, () => Number(random.uniform() < 0.2));
  const sales = holiday.map((off) => (shop === "large" ? 50 : 20) + 15 * off + 2 * random.normal());
  return { sales, shop: sales.map(() => shop), holiday };
});
const data = datasetFromArrays(shops, { statics: ["shop"], covariates: ["holiday"] });
console.log(data.conditions!.map(({ name, role }) => `${name}: ${role}`).join(", "));

const model = await trained(data, { model: { initial: "learned" }, training: { conditionDropout: 0.2 } });
const [first] = data.splits.test;
const withheld = { ...first!, conditions: first!.conditions!.map(() => Number.NaN) };
const scores = await scoreSequences({ ...model, sequences: [first!, withheld] });
console.log(`told of shop and holidays: ${mean(scores[0]!.total).toFixed(2)} nats per step`);
console.log(`not told of them: ${mean(scores[1]!.total).toFixed(2)} nats per step`);

const shop = data.conditions![0]!.levels.indexOf("large");
for (const holiday of [0, 1]) {
  const future = [Float64Array.of(shop, holiday)]; // [horizon, conditions]
  const sequences = [data.splits.test.find(({ conditions }) => conditions![0] === shop)!];
  const [forecast] = await forecastSequences({ ...model, sequences, future, horizon: 1, particles: 200 });
  const day = holiday ? "a holiday" : "a working day";
  console.log(`the large shop on ${day}: ${forecast!.emissionMean[0]!.toFixed(1)}`);
}
