/** Drawings: moves of a pen by mixtures of bivariate normals, and what the model draws, as a picture. */
import { writeFileSync } from "node:fs";
import { datasetFromArrays, Random, sampleSequences } from "vrnn";
import { picturesOf } from "vrnn/node";
import { trained } from "./shared.ts";

const random = Random.stream(1, "rings");
const rings = Array.from({ length: 40 }, () => {
  const size = 5 + 5 * random.uniform();
  const turns = Array.from({ length: 39 }, (_, t) => t % 13); // a move to the ring, and twelve around it
  const noise = () => 0.2 * random.normal();
  const dx = turns.map((turn) => (turn === 0 ? 5 * size : size * Math.cos((Math.PI * turn) / 6)) + noise());
  const dy = turns.map((turn) => (turn === 0 ? 0 : size * Math.sin((Math.PI * turn) / 6)) + noise());
  return { dx, dy, pen: turns.map((turn) => Number(turn === 12)) }; // 1: the pen is lifted after this move
});
const data = datasetFromArrays(rings);
const model = await trained(data, { epochs: 100, model: { emission: ["bivariate"] } });

const [drawing] = await sampleSequences({ ...model, count: 1, steps: 39, temperature: 0.5 });
const [picture] = Object.values(picturesOf(data.columns, [drawing!], "strokes"));
writeFileSync("rings.svg", picture!);
const lifted = [...drawing!.values.keys()]
  .filter((i) => i % 3 === 2 && drawing!.values[i] === 1)
  .map((i) => (i + 1) / 3);
console.log(`the pen is lifted after moves ${lifted.join(", ")}`);
console.log("drawn in rings.svg");
