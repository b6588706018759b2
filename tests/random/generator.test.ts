import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { VrnnError } from "../../src/errors.ts";
import { Random, type RandomState } from "../../src/random/generator.ts";
import {
  chiSquare,
  chiSquareBound,
  correlation,
  kolmogorovBound,
  kolmogorovDistance,
  meanBound,
  moment,
} from "./statistics.ts";

/** Recorded, not derived: a change here changes every seeded result that anybody has. */
const GOLDEN = [673949282, 2088969123, 0.8068382073120194, -0.4306256059903646];

function counts(size: number, draws: Iterable<number>): Float64Array {
  const result = new Float64Array(size);
  for (const draw of draws) result[draw]! += 1;
  return result;
}

function drawn(count: number, draw: () => number): number[] {
  return Array.from({ length: count }, draw);
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof VrnnError ? error.code : String(error);
  }
  return "no error";
}

describe("uniform", () => {
  test("of 24 bits: uniform, and never 1", () => {
    const draws = new Float32Array(500_000);
    Random.stream(1, "uniform").fillUniform(draws);
    expect(kolmogorovDistance(draws, (x) => x)).toBeLessThan(kolmogorovBound(draws.length));
    expect(draws.every((draw) => draw >= 0 && draw < 1 && Number.isInteger(draw * 2 ** 24))).toBe(true);
  });

  test("of 53 bits: uniform in the first bits and in the last", () => {
    const random = Random.stream(1, "uniform");
    const draws = drawn(200_000, () => random.uniform());
    const first = counts(
      256,
      draws.map((draw) => Math.floor(draw * 256)),
    );
    const last = counts(
      256,
      draws.map((draw) => (draw * 2 ** 53) % 256),
    );
    expect(chiSquare(first, () => draws.length / 256)).toBeLessThan(chiSquareBound(255));
    expect(chiSquare(last, () => draws.length / 256)).toBeLessThan(chiSquareBound(255));
  });
});

describe("integer", () => {
  test("is even over bounds that 2^32 is no multiple of", () => {
    const random = Random.stream(1, "integer");
    const bound = 3 * 2 ** 30; // the remainder alone would give the lower third twice as often
    const thirds = counts(
      3,
      drawn(90_000, () => Math.floor(random.integer(bound) / 2 ** 30)),
    );
    expect(chiSquare(thirds, () => 30_000)).toBeLessThan(chiSquareBound(2));
    const sevenths = counts(
      7,
      drawn(70_000, () => random.integer(7)),
    );
    expect(chiSquare(sevenths, () => 10_000)).toBeLessThan(chiSquareBound(6));
  });

  test("takes the smallest and the largest bound, and refuses others", () => {
    const random = Random.stream(1);
    expect(random.integer(1)).toBe(0);
    expect(random.integer(2 ** 32)).toBeLessThan(2 ** 32);
    for (const bound of [0, -1, 1.5, Number.NaN, 2 ** 32 + 1]) {
      expect(codeOf(() => random.integer(bound))).toBe("random/bound");
    }
  });
});

describe("keep mask", () => {
  test.each([0.9, 0.5, 1 / 3, 0.001])("keeps %d of the entries, scaled to a mean of 1", (keep) => {
    const mask = new Float32Array(400_001);
    Random.stream(1, "mask", keep).fillKeepMask(mask, keep);
    expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / keep)]));
    expect(Math.abs(moment(mask, 1) - 1)).toBeLessThan(meanBound(mask.length, (1 - keep) / keep));
  });

  test("keeps with the probability asked for, not the nearest of 16 bits", () => {
    const keep = 2 ** -17;
    const mask = new Float32Array(8_000_000);
    Random.stream(2, "mask").fillKeepMask(mask, keep);
    const kept = mask.reduce((sum, value) => sum + Math.sign(value), 0);
    expect(Math.abs(kept - keep * mask.length)).toBeLessThan(meanBound(1, keep * mask.length));
  });

  test.each([
    [0.37, 300_001],
    [0.8, 65_536],
    [2 ** -17, 1_000_003], // every half of 0 is a tie: one entry in 65,536
    [0.5, 1],
  ])(
    "of %d, %i entries: half a word each, lower half first, and a further number where that is a tie",
    (keep, length) => {
      const [random, words] = [Random.stream(4, "mask"), Random.stream(4, "mask")];
      const mask = new Float32Array(length);
      random.fillKeepMask(mask, keep);
      const threshold = Math.floor(keep * 65_536);
      let word = 0;
      const expected = mask.map((_, at) => {
        word = at % 2 === 0 ? words.word() : word >>> 16;
        const half = word & 0xffff;
        const isKept =
          half < threshold || (half === threshold && words.uniform() < keep * 65_536 - threshold);
        return isKept ? 1 / keep : 0;
      });
      expect(Buffer.compare(Buffer.from(mask.buffer), Buffer.from(expected.buffer))).toBe(0);
      expect(random.state).toEqual(words.state);
    },
  );

  test("keeps all with probability 1", () => {
    const mask = new Float32Array(1001);
    Random.stream(1).fillKeepMask(mask, 1);
    expect(mask.every((value) => value === 1)).toBe(true);
  });

  test("has unrelated neighbours, the two of one word too", () => {
    const mask = new Float32Array(400_000);
    Random.stream(3, "mask").fillKeepMask(mask, 0.5);
    for (const phase of [0, 1]) {
      const pairs = Array.from({ length: 199_999 }, (_, pair) =>
        mask.subarray(2 * pair + phase, 2 * pair + phase + 2),
      );
      const cells = counts(
        4,
        pairs.map(([a, b]) => a! / 2 + b!),
      );
      expect(chiSquare(cells, () => pairs.length / 4)).toBeLessThan(chiSquareBound(3));
    }
  });

  test.each([0, -0.1, 1.1, Number.NaN])("refuses the probability %d", (keep) => {
    expect(codeOf(() => Random.stream(1).fillKeepMask(new Float32Array(1), keep))).toBe("random/probability");
  });
});

describe("shuffle and categorical", () => {
  test("every order of four items is equally likely", () => {
    const random = Random.stream(1, "shuffle");
    const orders = new Map<string, number>();
    for (let round = 0; round < 48_000; round++) {
      const order = random.shuffle(["a", "b", "c", "d"]).join("");
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(24);
    expect(chiSquare([...orders.values()], () => 2000)).toBeLessThan(chiSquareBound(23));
  });

  test("shuffles in place and keeps every item", () => {
    const items = drawn(1000, () => 0).map((_, at) => at);
    const shuffled = Random.stream(1).shuffle(items);
    expect(shuffled).toBe(items);
    expect(items.toSorted((a, b) => a - b)).toEqual(items.map((_, at) => at));
    expect(items).not.toEqual(items.map((_, at) => at));
  });

  test("categories come in proportion to their weights, and those of weight 0 never", () => {
    const random = Random.stream(1, "categorical");
    const weights = [0, 2, 5, 0, 1, 2, 0];
    const drawnCounts = counts(
      weights.length,
      drawn(100_000, () => random.categorical(weights)),
    );
    const possible = [1, 2, 4, 5];
    expect(
      chiSquare(
        possible.map((index) => drawnCounts[index]!),
        (at) => weights[possible[at]!]! * 10_000,
      ),
    ).toBeLessThan(chiSquareBound(3));
    expect(drawnCounts.reduce((sum, count) => sum + count)).toBe(
      possible.reduce((sum, index) => sum + drawnCounts[index]!, 0),
    );
  });

  test.each([[[0, 0]], [[1, -1]], [[Number.NaN]], [[1, Number.POSITIVE_INFINITY]], [[]]])(
    "refuses the weights %j",
    (weights) => {
      expect(codeOf(() => Random.stream(1).categorical(weights))).toBe("random/probability");
    },
  );
});

describe("streams", () => {
  const label = fc.oneof(
    fc.string({ maxLength: 3 }),
    fc.integer({ min: -3, max: 70_000 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );
  const name = fc.tuple(fc.nat(3), fc.array(label, { maxLength: 3 }));
  const words = ([seed, labels]: [number, (string | number)[]]) => {
    const random = Random.stream(seed, ...labels);
    return drawn(4, () => random.word()).join();
  };

  test("are the same for the same name and others for any other", () => {
    const plain = (value: unknown) => JSON.stringify(value); // writes -0 as 0
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(words(a) === words(b)).toBe(plain(a) === plain(b));
      }),
      { numRuns: 2000 },
    );
  });

  test("keep labels apart by type, border and order", () => {
    const names = [
      [],
      [0],
      [""],
      ["", ""],
      ["1"],
      [1],
      ["ab"],
      ["a", "b"],
      ["b", "a"],
      [1, 2],
      [2, 1],
      ["\ud83d"],
      ["\ud83d\ude00"],
    ];
    expect(new Set(names.map((labels) => words([1, labels]))).size).toBe(names.length);
  });

  test("of neighbouring names are unrelated", () => {
    const count = 100_000;
    const streams = [
      [1, 17],
      [1, 18],
      [2, 17],
    ].map(([seed, step]) => {
      const draws = new Float32Array(count);
      Random.stream(seed!, "noise", step!).fillNormal(draws);
      return draws;
    });
    for (const [a, b] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ]) {
      expect(Math.abs(correlation(streams[a!]!, streams[b!]!))).toBeLessThan(meanBound(count));
    }
  });

  test("give for good what they gave in version 1", () => {
    const random = Random.stream(1, "noise", 17);
    expect([random.word(), random.word(), random.uniform(), random.normal()]).toEqual(GOLDEN);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("refuse the seed %d", (seed) => {
    expect(codeOf(() => Random.stream(seed))).toBe("random/label");
  });
});

describe("state", () => {
  /** Draws of every kind, by number. */
  const draws: ((random: Random) => unknown)[] = [
    (random) => random.word(),
    (random) => random.uniform(),
    (random) => random.normal(),
    (random) => random.integer(1000),
    (random) => random.shuffle([1, 2, 3, 4, 5]),
    (random) => {
      const mask = new Float32Array(67);
      random.fillKeepMask(mask, 0.3);
      return mask;
    },
  ];
  const program = fc.array(fc.nat(draws.length - 1), { maxLength: 200 });

  test("a restored generator goes on as the first would have", () => {
    fc.assert(
      fc.property(program, program, (before, after) => {
        const random = Random.stream(1, "state");
        for (const draw of before) draws[draw]!(random);
        const restored = Random.restore(JSON.parse(JSON.stringify(random.state)) as RandomState);
        for (const draw of after) expect(draws[draw]!(restored)).toEqual(draws[draw]!(random));
        expect(restored.state).toEqual(random.state);
      }),
      { seed: 1 },
    );
  });

  test("a position far out is reached at once, and counts on past 2^32 blocks", () => {
    const { stream } = Random.stream(1).state;
    const position = 2 ** 34 - 3;
    const random = Random.restore({ stream, position });
    const ahead = drawn(8, () => random.word());
    expect(random.state.position).toBe(position + 8);
    expect(
      drawn(
        5,
        (
          (later) => () =>
            later.word()
        )(Random.restore({ stream, position: position + 3 })),
      ),
    ).toEqual(ahead.slice(3));
  });

  test.each([
    { stream: [1, 2, 3], position: 0 },
    { stream: [1, 2, 3, -1], position: 0 },
    { stream: [1, 2, 3, 2 ** 32], position: 0 },
    { stream: [1, 2, 3, 4], position: 0.5 },
    { stream: [1, 2, 3, 4], position: -1 },
    { stream: "1234", position: 0 },
  ])("refuses %j", (state) => {
    expect(codeOf(() => Random.restore(state as unknown as RandomState))).toBe("random/state");
  });
});
