/**
 * Captions: a model learns to say which shape of which colour a picture shows, from pictures that are drawn here with two captions each.
 * Beside it: the caption that describes the class of a picture best, for which all discs are alike.
 */
import {
  captionDataset,
  classCaptions,
  modelDataOf,
  modelFamilies,
  type Part,
  PictureCaptioner,
  Random,
  Tokenizer,
  Trainer,
  trainingOptions,
} from "vrnn";
import { nodeRuntime } from "vrnn/node";
import { everyPart } from "./shared.ts";

const side = 16;
const colours = { red: [220, 40, 40], green: [40, 190, 60], blue: [50, 70, 230] };
/** Whether a shape covers a place, from −1 to 1 across it. */
const shapes = {
  disc: (x: number, y: number) => Math.hypot(x, y) < 1,
  cross: (x: number, y: number) =>
    Math.min(Math.abs(x), Math.abs(y)) < 0.3 && Math.max(Math.abs(x), Math.abs(y)) < 1,
  frame: (x: number, y: number) => Math.abs(Math.max(Math.abs(x), Math.abs(y)) - 0.8) < 0.2,
};
const random = Random.stream(1, "shapes");
const oneOf = <Name extends string>(named: Readonly<Record<Name, unknown>>): Name => {
  const names = Object.keys(named) as Name[];
  return names[random.integer(names.length)]!;
};

/** A shape of some size, somewhere on white. */
function drawn(name: string) {
  const [colour, shape] = [oneOf(colours), oneOf(shapes)];
  const half = 4 + 3 * random.uniform();
  const [left, top] = [
    half + (side - 2 * half) * random.uniform(),
    half + (side - 2 * half) * random.uniform(),
  ];
  const pixels = Uint8Array.from({ length: side * side * 3 }, (_, i) => {
    const [row, column] = [Math.floor(i / 3 / side), Math.floor(i / 3) % side];
    return shapes[shape]((column + 0.5 - left) / half, (row + 0.5 - top) / half)
      ? colours[colour][i % 3]!
      : 255;
  });
  const captions = [`There is a ${colour} ${shape}.`, `A ${shape} that is ${colour}.`];
  return {
    name,
    picture: { width: side, height: side, channels: 3 as const, pixels },
    captions,
    level: shape,
  };
}
const data = captionDataset(
  Array.from({ length: 300 }, (_, i) => drawn(`picture ${i + 1}`)),
  "shapes",
);
const { fields } = data;
const tokenizer = new Tokenizer(fields.x.vocabulary);

const family = modelFamilies.caption;
const model = family.build(modelDataOf(fields), { widths: [12, 24], hidden: 32, embedding: 12, latent: 2 });
const options = trainingOptions.parse({
  ...family.usual?.training,
  ...{ epochs: 12, batchSize: 16, learningRate: 0.01, warmupSteps: 20, shards: 1 },
  ...{ dropout: 0, labelSmoothing: 0, weightAverage: 0 },
});
const runtime = nodeRuntime();
const trainer = await Trainer.create({ model, data, options, runtime });
for await (const _ of trainer.fit()) {
  // What happens is told in the first example.
}
const weights = trainer.bestWeights;
await trainer.dispose();

/** Pictures of a split, each with what people say of it: a sequence of the data is a picture with one of its captions. */
const captioned = (parts: readonly Part[]) => {
  const textOf = ({ values }: Part) => tokenizer.decode(values["x"] as Int32Array);
  return parts.flatMap((part, i) => {
    const pixels = part.values["picture"] as Uint8Array;
    if (parts[i - 1]?.values["picture"] === pixels) return [];
    const said = parts.filter(({ values }) => values["picture"] === pixels).map(textOf);
    return [{ pixels, said, level: String(part.values["class"]![0]) }];
  });
};
const train = captioned(await everyPart(data.splits.train));
const test = captioned(await everyPart(data.splits.test));

const captioner = await PictureCaptioner.create({
  ...{ runtime, model, weights, fields, vocabulary: fields.x.vocabulary },
  ...{ width: 3, lengthPower: 1, rows: 8 },
});
const pixels = test.map((each) => each.pixels);
const written = (await captioner.describe(pixels.map((picture) => ({ picture })))).map(
  ([best]) => best!.text,
);
const [first] = pixels;
console.log(`people: ${test[0]!.said.join("; ")}`);
console.log(`the model: ${written[0]}`);
const others = await captioner.draw({ picture: first! }, { count: 4, seed: 1, temperature: 1 });
console.log(`the model, drawn: ${[...new Set(others.map(({ text }) => text))].join("; ")}`);
await captioner.dispose();

const template = classCaptions(
  train.flatMap(({ said, level }) => said.map((text) => ({ text, class: level }))),
);
const share = (texts: readonly string[]) =>
  ((100 * texts.filter((text, i) => test[i]!.said.includes(text)).length) / test.length).toFixed(0);
console.log(`as people say it, by the model: ${share(written)} % of ${test.length} unseen pictures`);
console.log(`by the caption of the true class: ${share(test.map(({ level }) => template.get(level)!))} %`);
