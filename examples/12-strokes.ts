/** Drawings: moves of a pen by mixtures of bivariate normals, and what the model draws, as a picture. */
import { writeFileSync } from "node:fs";
import { datasetFromArrays, Random, sampleSequences } from "vrnn";
import { picturesOf } from "vrnn/node";
import { trained } from "./shared.ts";

const random = Random.stream(1, "rings");
const rings = Array.from({ length: 40 }, () => {
  const size = 5 + 5 * random.uniform();
  const angles = Array.from({ length: 36 }, (_, t) => (2 * Math.PI * t) / 12);
  const dx = angles.map(
    (angle, t) => (t % 12 === 0 ? 6 * size : size * Math.cos(angle)) + 0.2 * random.normal(),
  );
  const dy = angles.map((angle, t) => (t % 12 === 0 ? 0 : size * Math.sin(angle)) + 0.2 * random.normal());
  return { dx, dy, pen: angles.map((_, t) => Number(t % 12 === 11)) }; // 1: the pen is lifted after this move
});
const data = datasetFromArrays(rings);
const model = await trained(data, { epochs: 150, model: { emission: ["bivariate"] } });

const [drawing] = await sampleSequences({ ...model, count: 1, steps: 36, temperature: 0.5 });
const [picture] = Object.values(picturesOf(data.columns, [drawing!]));
writeFileSync("rings.svg", picture!);
const lifted = [...drawing!.values.keys()]
  .filter((i) => i % 3 === 2 && drawing!.values[i] === 1)
  .map((i) => (i + 1) / 3);
console.log(`the pen is lifted after moves ${lifted.join(", ")}`);
console.log("drawn in rings.svg");
