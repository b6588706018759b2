// One build's side of a comparison, a process of its own: told which configuration, it answers with times in ms.
// Usage: fork("side.mjs", [folder of a checkout with its dist/])
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [build] = process.argv.slice(2);
const { Contender } = await import(pathToFileURL(join(resolve(build), "bench", "contender.mjs")).href);
let contender;

const answers = {
  create: async ({ name }) => {
    contender = await Contender.create(name);
    return contender.repetitions;
  },
  times: ({ count }) => contender.times(count),
  dispose: async () => {
    await contender.dispose();
  },
};

process.on("message", async ({ ask, ...question }) => {
  process.send({ answer: await answers[ask](question) });
});
