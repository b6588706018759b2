import { describe, expect, test } from "vitest";
import type {
  DetectionContent,
  Excerpt,
  LatentTrajectory,
  ScoredSequence,
  Series,
} from "../../src/report/content.ts";
import { excerptFigure, samplesFigure } from "../../src/report/figures/excerpt.ts";
import { bestEpoch, boundScale, historyFigure } from "../../src/report/figures/history.ts";
import { kindsFigure } from "../../src/report/figures/kinds.ts";
import { activeDimensions, latentPathFigure, trajectoriesFigure } from "../../src/report/figures/latents.ts";
import { comparisonFigure, perColumnFigure } from "../../src/report/figures/nats.ts";
import { timelineFigure } from "../../src/report/figures/timeline.ts";
import type { Canvas } from "../../src/report/panel.ts";
import { excerptOf, rollOf, scoredOf } from "./example.ts";
import { parseXml } from "./xml.ts";
import "../slow.ts";

const CANVASES: Canvas[] = [
  { width: 940, clock: "seconds" },
  { width: 344, clock: "seconds" },
  { width: 940, clock: "steps" },
  { width: 344, clock: "date" },
];

const nothing: DetectionContent = {
  sequences: [],
  perKind: [],
  precision: null,
  recall: null,
  falseAlarmsPerHour: null,
};

/** Every picture of a series, whatever it is. */
function picturesOf(times: readonly number[], values: Series): Record<string, (canvas: Canvas) => string> {
  const excerpt: Excerpt = {
    name: "a",
    times,
    columns: [
      { name: "x", values },
      { name: "y", unit: "s", values },
    ],
  };
  const roll: Excerpt = {
    name: "r",
    times,
    columns: Array.from({ length: 9 }, (_, i) => ({ name: `${i}`, values })),
  };
  const strokes: Excerpt = {
    name: "d",
    material: "strokes",
    times,
    columns: ["dx", "dy", "pen"].map((name) => ({ name, values })),
  };
  const numbers = values.filter((value) => value !== null);
  const history = values.map((value, i) => ({
    epoch: i + 1,
    train: value,
    valid: value,
    kl: value,
    reconstruction: value,
  }));
  const latent: LatentTrajectory = { name: "l", times, dimensions: [numbers, numbers] };
  const named = numbers.slice(0, 30).map((natsPerStep, i) => ({ name: `${i}`, natsPerStep }));
  const sequence: ScoredSequence = {
    name: "s",
    times,
    score: values,
    threshold: 1,
    incidents: times.slice(0, 2).map((start) => ({ kind: "k", start, end: start })),
    events: times.slice(0, 1).map((start) => ({ start, end: start, reasons: [] })),
    topColumns: [{ name: "x", values, expectedLow: values, expectedHigh: values }],
  };
  return {
    excerpt: (canvas) => excerptFigure(excerpt, canvas),
    roll: (canvas) => excerptFigure(roll, canvas),
    samples: (canvas) => samplesFigure(excerpt, [excerpt], canvas),
    drawing: (canvas) => excerptFigure(strokes, canvas),
    "sampled drawings": (canvas) => samplesFigure(strokes, [strokes, strokes, strokes], canvas),
    "sampled rolls": (canvas) => samplesFigure(roll, [roll], canvas),
    history: (canvas) =>
      historyFigure(
        history,
        named.map(({ name, natsPerStep }) => ({ label: name, natsPerStep })),
        canvas,
      ),
    comparison: (canvas) => comparisonFigure(named, canvas),
    "per column": (canvas) => perColumnFigure(named, canvas),
    trajectories: (canvas) => trajectoriesFigure(latent, canvas),
    "latent path": (canvas) => latentPathFigure([latent, { ...latent, dimensions: [] }], canvas),
    timeline: (canvas) => timelineFigure(sequence, nothing, canvas),
    "timeline without columns": (canvas) => timelineFigure({ ...sequence, topColumns: [] }, nothing, canvas),
    kinds: (canvas) =>
      kindsFigure(
        numbers.length > 0 ? [{ kind: "k", total: numbers.length, found: 0, medianDelaySeconds: null }] : [],
        canvas,
      ),
  };
}

const steps = (count: number) => Array.from({ length: count }, (_, t) => t);

const CASES: Record<string, [number[], Series]> = {
  nothing: [[], []],
  "one point": [[0], [3]],
  "one missing point": [[0], [null]],
  "missing values only": [steps(40), steps(40).map(() => null)],
  "a constant": [steps(40), steps(40).map(() => 1)],
  zeros: [steps(40), steps(40).map(() => 0)],
  "a single moment": [
    [5, 5, 5],
    [1, 2, 3],
  ],
  "huge values": [steps(40), steps(40).map((t) => (t % 2 === 0 ? 1e300 : -1e300))],
  "tiny values": [steps(40), steps(40).map((t) => t * 1e-300)],
  "one huge peak": [steps(40), steps(40).map((t) => (t === 20 ? 100 : 0.5))],
  "a distant clock": [steps(40).map((t) => 1.7e9 + t), steps(40)],
  gaps: [steps(9000), steps(9000).map((t) => (t % 7 === 0 ? null : Math.sin(t)))],
};

describe.each(Object.entries(CASES))("of %s", (_, [times, values]) => {
  test.each(Object.entries(picturesOf(times, values)))(
    "the picture %s is well-formed and has only numbers",
    (_name, draw) => {
      for (const canvas of CANVASES) {
        const svg = draw(canvas);
        const [root] = parseXml(svg);
        expect(root!.name).toBe("svg");
        expect(Number(root!.attributes.width)).toBeLessThanOrEqual(canvas.width + 0.5);
        expect(Number(root!.attributes.height)).toBeGreaterThan(20);
        expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      }
    },
  );
});

/** Where a path goes, by adding up its steps. */
function placesOf(path: string): [number, number][] {
  const [, x, y, rest] = /^M(-?[\d.]+),(-?[\d.]+)(?:l(.*))?$/.exec(path)!;
  const steps = (rest?.match(/-?(?:\d+\.?\d*|\.\d+)/g) ?? []).map(Number);
  const places: [number, number][] = [[Number(x), Number(y)]];
  for (let i = 0; i < steps.length; i += 2) {
    const [lastX, lastY] = places[places.length - 1]!;
    places.push([lastX + steps[i]!, lastY + steps[i + 1]!]);
  }
  return places;
}

const pathsOf = (svg: string) =>
  parseXml(svg).flatMap(({ name, attributes }) => (name === "path" && attributes.d ? [attributes.d] : []));

describe("a line", () => {
  test.each([3, 10, 37, 300, 1199])(
    "of %i steps ends at the right margin, with every value at its height",
    (count) => {
      const values = steps(count).map((t) => (t * 7919) % 13);
      values[0] = 0;
      values[1] = 12;
      const excerpt: Excerpt = { name: "a", times: steps(count), columns: [{ name: "x", values }] };
      const svg = excerptFigure(excerpt, { width: 940, clock: "steps" });
      const line = pathsOf(svg)
        .map((path) => (path.includes("l") ? placesOf(path) : []))
        .toSorted((a, b) => b.length - a.length)[0]!;
      expect(line).toHaveLength(count);
      const [left, right] = [line[0]![0], line[count - 1]![0]];
      expect(right - left).toBeCloseTo(720, 0);
      const [bottom, top] = [line[0]![1], line[1]![1]];
      line.forEach(([x, y], t) => {
        expect(x).toBeCloseTo(left + (720 * t) / (count - 1), 0);
        expect(Math.abs(y - (bottom + ((top - bottom) * values[t]!) / 12))).toBeLessThan(0.11);
      });
    },
  );
});

describe("the history", () => {
  const history = [-100, -9, -8, -7, -6.5, -6.4, -6.6].map((valid, i) => ({
    epoch: i + 1,
    train: valid + 0.1,
    valid,
  }));

  test("marks the best epoch", () => {
    expect(bestEpoch(history)?.epoch).toBe(6);
    expect(historyFigure(history, [], CANVASES[0]!)).toContain("best: epoch 6");
    expect(bestEpoch([{ epoch: 1, train: 0, valid: null }])).toBeUndefined();
  });

  test("leaves out a first epoch far below the others, and counts it", () => {
    const { low, high, hidden } = boundScale(history, []);
    expect(low).toBeGreaterThan(-20);
    expect(high).toBeGreaterThan(-6.4);
    expect(hidden).toBe(1);
  });

  test("never leaves out a baseline", () => {
    const { low, hidden } = boundScale(history, [{ label: "VAR", natsPerStep: -90 }]);
    expect(low).toBeLessThan(-100);
    expect(hidden).toBe(0);
  });
});

describe("a timeline", () => {
  const scored = scoredOf("s", 400, 2);
  const svg = timelineFigure(scored, nothing, CANVASES[0]!);

  test("tells found from missed incidents by sign as well as by colour", () => {
    expect(svg).toContain("✓ stall");
    expect(svg).toContain("✗ flood");
  });

  test("has a square-root scale beside one huge peak, and says so", () => {
    const peaked = { ...scoredOf("s", 400, 1), score: steps(400).map((t) => (t === 200 ? 5000 : 20)) };
    expect(timelineFigure(peaked, nothing, CANVASES[0]!)).toContain("square-root scale");
    expect(svg).not.toContain("square-root scale");
  });

  test("fills a right alarm and outlines a false one where incidents are labelled", () => {
    const labelled = timelineFigure(scored, { ...nothing, sequences: [scored] }, CANVASES[0]!);
    expect(labelled).toMatch(/<g fill="var\(--found\)"><rect/);
    expect(labelled).toMatch(/<g stroke-width="1.5" stroke="var\(--alarm\)" fill="var\(--card\)"><rect/);
    expect(labelled).toContain("false alarm");
  });

  test("draws all alarms alike where nothing is labelled: none is right or wrong", () => {
    const unlabelled = { ...scored, incidents: [] };
    const plain = timelineFigure(unlabelled, { ...nothing, sequences: [unlabelled] }, CANVASES[0]!);
    expect(plain).toMatch(/<g stroke-width="1.5" stroke="var\(--alarm\)" fill="var\(--alarm\)"><rect/);
    expect(plain).not.toContain("--found");
    const heightOf = (one: string) => Number(parseXml(one)[0]!.attributes.height);
    expect(heightOf(plain)).toBeLessThan(heightOf(svg)); // no lane of names
    expect(plain).not.toContain("false alarm");
  });
});

describe("the picture of kinds", () => {
  const rects = (total: number, found: number) => {
    const svg = kindsFigure([{ kind: "k", total, found, medianDelaySeconds: 1 }], CANVASES[0]!);
    return parseXml(svg).filter(({ name }) => name === "rect").length - 2; // two are of the legend
  };

  test("has a box per incident, or one per fate when there are many", () => {
    expect(rects(7, 3)).toBe(7);
    expect(rects(40, 0)).toBe(40);
    expect(rects(90, 30)).toBe(2);
    expect(rects(90, 90)).toBe(1);
  });
});

describe("latent dimensions", () => {
  const dimensions = [0, 1, 2, 3, 4, 5, 6, 7].map((d) => steps(50).map((t) => d * Math.sin(t)));
  const trajectory = { name: "a", times: steps(50), dimensions };

  test("are ranked by divergence, or by variance where that is unknown", () => {
    expect(activeDimensions(trajectory).map(({ dimension }) => dimension)).toEqual([7, 6, 5, 4, 3, 2]);
    const kl = [4, 1, 0, 0, 0, 0, 0, 0];
    expect(activeDimensions({ ...trajectory, kl }).slice(0, 2)).toEqual([
      { dimension: 0, share: 0.8 },
      { dimension: 1, share: 0.2 },
    ]);
  });
});

describe("a raster", () => {
  test("shows the pitches that sound, with two more on each side, for all pictures alike", () => {
    const silent = rollOf("a", 4);
    const only = (pitch: number) => ({
      ...silent,
      columns: silent.columns.map((column) => ({
        ...column,
        values: silent.times.map(() => Number(column.name === `${pitch}`)),
      })),
    });
    const svg = samplesFigure(only(60), [only(72)], CANVASES[0]!);
    expect(svg.match(/>C4</g)).toHaveLength(2);
    expect(svg.match(/>C5</g)).toHaveLength(2);
    expect(svg).not.toContain(">C3<");
  });

  test("is no choice for few or for other columns", () => {
    expect(excerptFigure(excerptOf("a", 30, 12), CANVASES[0]!)).toContain("column 11");
  });

  test("of a table takes numbers as the names of its columns, not as pitches", () => {
    const { material: _, ...table } = rollOf("a", 4);
    expect(excerptFigure(rollOf("a", 4), CANVASES[0]!)).toContain(">C4<");
    expect(excerptFigure(table, CANVASES[0]!)).not.toContain(">C4<");
  });
});

describe("drawings", () => {
  const drawn = (points: readonly (readonly number[])[], levels?: readonly string[]): Excerpt => ({
    name: "d",
    material: "strokes",
    times: points.map((_, t) => t),
    columns: ["dx", "dy", "pen"].map((name, d) => ({
      name,
      values: points.map((point) => point[d]!),
      ...(levels && name === "pen" && { levels }),
    })),
  });
  const pathsOf = (excerpt: Excerpt) =>
    [...excerptFigure(excerpt, { width: 344, clock: "steps" }).matchAll(/<path d="([^"]+)"/g)].map(
      ([, d]) => d,
    );

  test("lift the pen after the points that say so, point down, and fill their square", () => {
    const corner = [
      [5, 5, 0],
      [10, 0, 0],
      [0, 10, 1],
      [-10, 0, 1],
    ];
    // 344 less 9 % on each side: from 31 to 313.
    expect(pathsOf(drawn(corner))).toEqual(["M31,31L313,31 313,313", "M31,313L31,313"]);
  });

  test("keep the shape of what is wide, and stop at the end", () => {
    const levels = ["down", "end", "up"];
    const line = [
      [0, 0, 0],
      [8, 4, 0],
      [9, 9, 1],
      [7, 7, 0],
    ];
    expect(pathsOf(drawn(line, levels))).toEqual(["M31,101.5L313,242.5"]);
  });
});
