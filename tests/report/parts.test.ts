import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { detectionQuality } from "../../src/metrics/detection.ts";
import { flaggedSpans } from "../../src/metrics/spans.ts";
import { principalComponents } from "../../src/report/components.ts";
import { spread } from "../../src/report/panel.ts";
import { timeColour, withLiteralColours } from "../../src/report/theme.ts";
import { extent, thin, thinBand } from "../../src/report/thin.ts";
import { verdictsOf } from "../../src/report/verdict.ts";
import {
  cleanText,
  escapeText,
  formatNats,
  formatNumber,
  formatShare,
  shorten,
  slug,
} from "../../src/report/words.ts";
import { normals } from "../baselines/generator.ts";
import { walk } from "./example.ts";

describe("a thinned line", () => {
  const series = fc.array(fc.option(fc.integer({ min: -50, max: 50 }), { freq: 4 }), {
    minLength: 1,
    maxLength: 400,
  });

  test("has few points, and all of them are of the series", () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 60 }), (values, buckets) => {
        const points = thin(
          values.map((_, t) => t),
          values,
          buckets,
        );
        expect(points.length).toBeLessThanOrEqual(2 * (buckets + 1));
        for (const { x, y } of points) expect(Number.isNaN(y) ? null : y).toBe(values[x] ?? null);
        for (let i = 1; i < points.length; i++) expect(points[i]!.x).toBeGreaterThan(points[i - 1]!.x);
      }),
    );
  });

  test("keeps the least and the greatest value of every stretch", () => {
    const values = walk(5, 5000);
    const points = thin(
      values.map((_, t) => t),
      values,
      250,
    );
    for (let bucket = 0; bucket < 250; bucket++) {
      const inside = (t: number) => Math.floor(t / (4999 / 250)) === bucket;
      const truth = extent(values.filter((_, t) => inside(t)))!;
      const kept = points.filter(({ x }) => inside(x)).map(({ y }) => y);
      // Level neighbours may have been dropped: then the same value stands just outside.
      if (kept.length === 2) expect(extent(kept)).toEqual(truth);
    }
    expect(extent(points.map(({ y }) => y))).toEqual(extent(values));
  });

  test("drops only what lies on the line between its neighbours", () => {
    fc.assert(
      fc.property(series, (values) => {
        const points = thin(
          values.map((_, t) => t),
          values,
          values.length,
        );
        values.forEach((value, t) => {
          const after = points.findIndex(({ x }) => x >= t);
          const [left, right] = [points[after - 1] ?? points[after]!, points[after]!];
          if (right.x === t) expect(Object.is(right.y, value ?? Number.NaN)).toBe(true);
          else expect([left.y, right.y]).toEqual([value ?? Number.NaN, value ?? Number.NaN]);
        });
      }),
    );
  });

  test("breaks where values are missing", () => {
    expect(thin([0, 1, 2, 3], [5, 5, 5, null], 100)).toEqual([
      { x: 0, y: 5 },
      { x: 2, y: 5 },
      { x: 3, y: Number.NaN },
    ]);
  });

  test("has a band that holds every interval", () => {
    const [low, high] = [walk(1, 3000), walk(1, 3000).map((value) => value + 4)];
    const band = thinBand(
      low.map((_, t) => t),
      low,
      high,
      100,
    );
    expect(band.length).toBeLessThanOrEqual(101);
    low.forEach((value, t) => {
      const part = band.findLast(({ x }) => x <= t)!;
      expect(part.low).toBeLessThanOrEqual(value);
      expect(part.high).toBeGreaterThanOrEqual(high[t]!);
    });
  });
});

describe("verdicts", () => {
  const span = fc.tuple(fc.integer({ min: 0, max: 280 }), fc.integer({ min: 1, max: 40 }));

  test("agree with the metric that the figures come from", () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 6 }), fc.array(span, { maxLength: 6 }), (truth, alarms) => {
        const times = Array.from({ length: 300 }, (_, t) => t);
        const incidents = truth.map(([start, length]) => ({ kind: "k", start, end: start + length }));
        const flags = times.map((t) => alarms.some(([start, length]) => t >= start && t < start + length));
        const events = flaggedSpans(times, flags).map(({ start, end }) => ({ start, end, reasons: [] }));
        const quality = detectionQuality([{ times, flags, incidents }]);
        const sequence = { name: "s", times, score: [], threshold: 0, incidents, events, topColumns: [] };
        const none = { sequences: [], perKind: [], precision: null, recall: null, falseAlarmsPerHour: null };
        const verdicts = verdictsOf(sequence, none);
        expect(verdicts.incidents.filter(({ isFound }) => isFound)).toHaveLength(quality.found);
        expect(verdicts.events.filter(({ isRight }) => isRight)).toHaveLength(
          Math.round((quality.precision ?? 0) * quality.events),
        );
      }),
    );
  });
});

describe("principal components", () => {
  test("of points on a line explain everything", () => {
    const { first, second, shares } = principalComponents([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
    expect(shares[0]).toBeCloseTo(1, 12);
    expect(Math.abs(first[2]! - first[0]!)).toBeCloseTo(Math.sqrt(8), 12);
    for (const value of second) expect(value).toBeCloseTo(0, 12);
  });

  test("no direction has more variance than the first", () => {
    const normal = normals(4);
    const points = Array.from({ length: 300 }, () => {
      const [a, b] = [normal(), normal()];
      return [3 * a + b, a - 2 * b + 7];
    });
    const variance = (values: readonly number[]) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    };
    const most = Math.max(
      ...Array.from({ length: 3600 }, (_, i) => (i * Math.PI) / 3600).map((angle) =>
        variance(points.map(([x, y]) => x! * Math.cos(angle) + y! * Math.sin(angle))),
      ),
    );
    const { first, second, shares } = principalComponents(points);
    expect(variance(first) / most).toBeCloseTo(1, 5);
    expect(shares[0] + shares[1]).toBeCloseTo(1, 12);
    expect(variance(second) / variance(first)).toBeCloseTo(shares[1] / shares[0], 9);
  });

  test("of one dimension, one point and no point", () => {
    expect(principalComponents([[1], [3]])).toMatchObject({ second: [0, 0], shares: [1, 0] });
    expect(principalComponents([[1, 2]])).toEqual({ first: [0], second: [0], shares: [0, 0] });
    expect(principalComponents([])).toEqual({ first: [], second: [], shares: [0, 0] });
  });
});

describe("words", () => {
  test("escaped text holds no markup and nothing that XML forbids", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(escapeText(text)).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
        expect(cleanText(cleanText(text))).toBe(cleanText(text));
      }),
    );
    expect(escapeText(`<b title="x">`)).toBe("&lt;b title=&quot;x&quot;&gt;");
    expect(cleanText("a\u0000\ud800\u202eb\u{1f600}\n")).toBe("a\ufffd\ufffd\ufffdb\u{1f600}\n");
  });

  test("long text is cut in its middle", () => {
    expect(shorten("machine_temperature_celsius", 13)).toBe("machin…elsius");
    expect(shorten("short", 5)).toBe("short");
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 20 }), (text, most) => {
        expect([...shorten(text, most)].length).toBeLessThanOrEqual(most);
      }),
    );
  });

  test("numbers for persons", () => {
    expect(
      [-1234.567, 61234, 0, -0, 0.000123456, 1.5e12, 3e-9, 100, 99.996].map((value) => formatNumber(value)),
    ).toEqual(["−1,235", "61,234", "0", "0", "0.0001235", "1.50e+12", "3.00e−9", "100", "100"]);
    expect([null, undefined, Number.NaN].map((value) => formatNumber(value))).toEqual(["–", "–", "–"]);
    expect([-7.5, 0, -0.001, 1234.5].map((value) => formatNats(value))).toEqual([
      "−7.50",
      "0.00",
      "0.00",
      "1,234.50",
    ]);
    expect([0.914, 1, null].map((value) => formatShare(value))).toEqual(["91.4 %", "100 %", "–"]);
  });

  test("slugs are safe file names", () => {
    expect(slug("../Prod host #1.csv")).toBe("prod-host-1-csv");
    expect(slug("Übung")).toBe("u-bung");
    expect(slug("…")).toBe("unnamed");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) =>
        /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(slug(text)),
      ),
    );
  });
});

describe("labels that would overlap", () => {
  test("are pushed apart, in their order, within bounds", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 8 }), (places) => {
        const pushed = spread(places, 10, 0, 100);
        const order = places.map((_, i) => i).sort((a, b) => places[a]! - places[b]!);
        for (let k = 1; k < order.length; k++) {
          expect(pushed[order[k]!]! - pushed[order[k - 1]!]!).toBeGreaterThanOrEqual(10 - 1e-9);
        }
        expect(Math.min(...pushed)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...pushed)).toBeLessThanOrEqual(100);
      }),
    );
    expect(spread([0, 50, 100], 10, 0, 100)).toEqual([0, 50, 100]);
  });
});

describe("colours", () => {
  test("of time go from the first stop to the last and stay inside", () => {
    expect([0, 0.5, 1, 7].map(timeColour)).toEqual(["#6a5acd", "#cd5482", "#eba63c", "#eba63c"]);
  });

  test("are written out in attributes only", () => {
    expect(withLiteralColours('<text fill="var(--ink)">="var(--ink)" var(--x)</text>')).toBe(
      '<text fill="#1a212a">="var(--ink)" var(--x)</text>',
    );
  });
});

test("the room imports nothing of Node, and no package but those that run in a browser", () => {
  const folder = join(import.meta.dirname, "../../src/report");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  const imported = files.flatMap((file) =>
    [
      ...readFileSync(join(folder, file), "utf8").matchAll(
        /^(?:import|export) .*?from "([^"]+)"|^\} from "([^"]+)"/gm,
      ),
    ].map((match) => match[1] ?? match[2]!),
  );
  expect(files.length).toBeGreaterThan(10);
  expect([...new Set(imported.filter((name) => !name.startsWith(".")))].sort()).toEqual([
    "@observablehq/plot",
    "fast-png",
    "linkedom/worker",
    "ml-matrix",
  ]);
  expect(imported.filter((name) => name.startsWith("../..") && !name.startsWith("../../"))).toEqual([]);
});
