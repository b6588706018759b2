/** Follows live data one step at a time, with a forecast of the next; stops, and goes on from a text. */
import { datasetFromArrays, Stream } from "vrnn";
import { mean, trained, waves } from "./shared.ts";

const data = datasetFromArrays(waves(), { only: ["wave"] });
const model = await trained(data);
const live = [...data.splits.test[0]!.values];

let stream = await Stream.open(model);
let forecast = Number.NaN;
const errors: number[] = [];
for (const [t, value] of live.entries()) {
  if (t === 75) {
    const saved = JSON.stringify(stream.state); // another process could read it
    await stream.close();
    stream = await Stream.open({ ...model, state: JSON.parse(saved) });
    console.log(`went on after step ${t} from ${saved.length} characters`);
  }
  if (t > 0) errors.push(Math.abs(forecast - value));
  const answer = await stream.step([value]);
  forecast = answer.forecast!.mean[0]!;
}
await stream.close();
const standing = live.slice(1).map((value, t) => Math.abs(value - live[t]!));
console.log(`error one step ahead: ${mean(errors).toFixed(3)}`);
console.log(`error of "as it is now": ${mean(standing).toFixed(3)}`);
