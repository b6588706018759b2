/**
 * Digits of MNIST that bounce in frames of 16 × 16: each moves a pixel or two a frame along either axis, and off a wall with
 * a speed drawn anew (after Denton and Fergus, "Stochastic Video Generation with a Learned Prior", 2018).
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type FieldDataset, type Fields, type IdxArray, memorySource, Random } from "vrnn";
import { readIdx } from "vrnn/node";

export const side = 16;
export const pixels = side * side;
/** The side of a digit. */
const digit = 10;
const steps = 16;

const folder = process.env["VRNN_DATA"] ?? fileURLToPath(new URL("../../shared/data", import.meta.url));
const fields: Fields = {
  x: { kind: "frames", role: "target", axis: "T", shape: [side, side], storage: "uint8", range: [0, 1] },
};

/** Clips with digits that others were not made from, in black and white. */
export function bouncingDigits(train = 8000, test = 300): FieldDataset {
  const splitOf = (file: string, from: number, count: number) => {
    const digits = readIdx(join(folder, "images/mnist", file));
    const clips = Array.from({ length: count }, (_, i) => ({
      name: `${file} ${i + 1}`,
      length: steps,
      values: { x: clip(small(digits, from + i), Random.stream(from + i, file)) },
    }));
    return memorySource(clips, fields);
  };
  return {
    modality: { name: "images" },
    fields,
    splits: {
      train: splitOf("train-images-idx3-ubyte.gz", 0, train),
      valid: splitOf("train-images-idx3-ubyte.gz", train, test),
      test: splitOf("t10k-images-idx3-ubyte.gz", 0, test),
    },
    notes: [],
  };
}

/** The 20 × 20 pixels that a digit of MNIST fills, halved: black where four neighbours are on average. */
function small({ values, shape: [, , width = 28] }: IdxArray, index: number): Uint8Array {
  const at = (y: number, x: number) => values[(index * width + y) * width + x]!;
  return Uint8Array.from({ length: digit * digit }, (_, i) => {
    const [y, x] = [4 + 2 * Math.floor(i / digit), 4 + 2 * (i % digit)];
    return Number(at(y, x) + at(y, x + 1) + at(y + 1, x) + at(y + 1, x + 1) > 2 * 255);
  });
}

/** A digit on its way, `[steps, 16, 16]`. */
function clip(shape: Uint8Array, random: Random): Uint8Array {
  const [across, down] = [path(random), path(random)];
  const frames = new Uint8Array(steps * pixels);
  for (let t = 0; t < steps; t++) {
    shape.forEach((on, i) => {
      const [y, x] = [down[t]! + Math.floor(i / digit), across[t]! + (i % digit)];
      frames[t * pixels + y * side + x] = on;
    });
  }
  return frames;
}

/** Where a digit is along one axis. */
function path(random: Random): number[] {
  const room = side - digit;
  const speed = () => 1 + Math.floor(2 * random.uniform());
  let place = Math.floor((room + 1) * random.uniform());
  let velocity = random.uniform() < 0.5 ? speed() : -speed();
  return Array.from({ length: steps }, () => {
    const here = place;
    place += velocity;
    if (place >= 0 && place <= room) return here;
    place = place < 0 ? -place : 2 * room - place;
    velocity = -Math.sign(velocity) * speed();
    return here;
  });
}
