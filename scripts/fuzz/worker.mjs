/** Runs one parser over its inputs, and says at which it is, so that one without an end can be told. */
import { parentPort, workerData } from "node:worker_threads";
import { inputOf } from "./mutate.mjs";
import { parsersOf } from "./parsers.mjs";
import { verdictOf } from "./verdict.mjs";

const { name, seed, from, to, place } = workerData;
const load = (path) => import(`../../dist/${path}.js`);
const { VrnnError } = await load("errors");
const { parsers, close } = await parsersOf(load);
const COUNTED = ["read", "refused"];
for (let number = from; number < to; number++) {
  Atomics.store(place, 0, number);
  const verdict = await verdictOf(parsers[name], inputOf(parsers[name], seed, number), VrnnError);
  if (COUNTED.includes(verdict)) Atomics.add(place, 1 + COUNTED.indexOf(verdict), 1);
  else parentPort.postMessage({ number, verdict });
}
close();
parentPort.postMessage({ rss: process.memoryUsage.rss() });
