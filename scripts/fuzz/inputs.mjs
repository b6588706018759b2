import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { inputOf } from "./mutate.mjs";
import { parsersOf } from "./parsers.mjs";

/** An input that takes longer has no end. */
const SECONDS = 2;
const load = (path) => import(`../../dist/${path}.js`);

/** One parser over numbered inputs; an input without an end costs its worker, and the next goes on behind it. */
async function fuzz(name, seed, inputs) {
  const found = { read: 0, refused: 0, rss: 0, failures: [] };
  for (let from = 0; from < inputs; ) from = await part(name, seed, from, inputs, found);
  return found;
}

function part(name, seed, from, to, found) {
  const place = new Int32Array(new SharedArrayBuffer(12)); // the number of the input, how many were read, how many refused
  place[0] = -1;
  const worker = new Worker(new URL("./worker.mjs", import.meta.url), {
    workerData: { name, seed, from, to, place },
  });
  return new Promise((done, failed) => {
    let [last, since] = [-1, Date.now()];
    const watch = setInterval(() => {
      const now = Atomics.load(place, 0);
      if (now !== last) [last, since] = [now, Date.now()];
      else if (now >= 0 && Date.now() - since > SECONDS * 1000) stop(now, "has no end");
    }, 250);
    const count = () => {
      clearInterval(watch);
      found.read += place[1];
      found.refused += place[2];
    };
    const stop = async (number, verdict) => {
      count();
      await worker.terminate();
      found.failures.push({ number, verdict });
      done(number + 1);
    };
    worker.on("message", ({ number, verdict, rss }) => {
      if (rss === undefined) return void found.failures.push({ number, verdict });
      count();
      found.rss = Math.max(found.rss, rss);
      done(to);
    });
    worker.on("error", (error) =>
      stop(Atomics.load(place, 0), `ends the process: ${error.message}`).catch(failed),
    );
  });
}

/**
 * Gives changed valid files to every parser.
 *
 * @param inputs how many in all
 * @param only names of parsers, all when empty
 * @returns whether all were read or refused as they should be
 */
export async function fuzzInputs({ inputs, seed, only }) {
  const { parsers, close } = await parsersOf(load);
  const names = Object.keys(parsers).filter((name) => only.length === 0 || only.includes(name));
  if (names.length === 0) throw new Error(`the parsers are ${Object.keys(parsers).join(", ")}`);
  const each = Math.ceil(inputs / names.length);
  console.log(`seed ${seed}, ${each} inputs for each of ${names.length} parsers\n`);
  console.log("| parser | inputs | read | refused | wrong | most memory, MB |\n|---|---|---|---|---|---|");
  let isSound = true;
  for (const name of names) {
    const { read, refused, rss, failures } = await fuzz(name, seed, each);
    console.log(
      `| ${name} | ${each} | ${read} | ${refused} | ${failures.length} | ${Math.round(rss / 1e6)} |`,
    );
    failures.slice(0, 20).forEach(({ number, verdict }) => {
      const kept = join("fuzz-failures", `${name}-${seed}-${number}`);
      mkdirSync("fuzz-failures", { recursive: true });
      writeFileSync(kept, inputOf(parsers[name], seed, number));
      console.error(`${name}, input ${number}: ${verdict} (kept as ${kept})`);
    });
    if (failures.length > 0) isSound = false;
  }
  close();
  return isSound;
}
