import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { incidentKinds, planIncidents, planLimits } from "../../src/telemetry/incidents.ts";

const known = incidentKinds.map(({ name }) => name);

/** Plans that fit: the time is what the incidents need at least, and some more. */
const options = fc
  .record({
    count: fc.integer({ min: 0, max: 20 }),
    spare: fc.integer({ min: 0, max: 400 }),
    seed: fc.integer(),
  })
  .map(({ count, spare, seed }) => ({ count, seed, seconds: 30 + 3 + count * (4 + 12) + spare }));

const plans = options.map((option) => ({ ...option, plan: planIncidents(option) }));
const slack = 1e-9;

describe("the plan of incidents", () => {
  test("has six kinds to choose from", () => {
    expect(known).toEqual([
      "cpu-hog",
      "memory-leak",
      "disk-saturation",
      "event-loop-block",
      "traffic-flood",
      "process-stall",
    ]);
  });

  test("each lasts 4 to 30 s, within the recording, after a clean start of 30 s", () => {
    fc.assert(
      fc.property(plans, ({ plan, seconds, count }) => {
        expect(plan).toHaveLength(count);
        for (const { start, end } of plan) {
          expect(end - start).toBeGreaterThanOrEqual(4 - slack);
          expect(end - start).toBeLessThanOrEqual(30 + slack);
          expect(start).toBeGreaterThanOrEqual(30);
          expect(end).toBeLessThanOrEqual(seconds - planLimits.cleanEnd + slack);
        }
      }),
    );
  });

  test("neighbours are 12 s apart or more", () => {
    fc.assert(
      fc.property(plans, ({ plan }) => {
        for (const [index, { end }] of plan.entries()) {
          const next = plan[index + 1];
          if (next) expect(next.start - end).toBeGreaterThanOrEqual(12 - slack);
        }
      }),
    );
  });

  test("kinds occur equally often, give or take one", () => {
    fc.assert(
      fc.property(plans, ({ plan }) => {
        const counts = known.map((name) => plan.filter(({ kind }) => kind === name).length);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("the seed decides it", () => {
    fc.assert(
      fc.property(options, (option) => {
        expect(planIncidents(option)).toEqual(planIncidents(option));
      }),
    );
    const orders = new Set<string>();
    for (let seed = 1; seed <= 20; seed++)
      orders.add(
        planIncidents({ seconds: 240, count: 6, seed })
          .map(({ kind }) => kind)
          .join(),
      );
    expect(orders.size).toBeGreaterThan(15);
  });

  test("uses the kinds it is given", () => {
    const plan = planIncidents({ seconds: 300, count: 4, seed: 3, kinds: ["cpu-hog", "memory-leak"] });
    expect(plan.map(({ kind }) => kind).sort()).toEqual(["cpu-hog", "cpu-hog", "memory-leak", "memory-leak"]);
  });

  test("an unknown kind and a time that is too short are named errors", () => {
    expect(() => planIncidents({ seconds: 240, count: 1, seed: 1, kinds: ["meteor"] })).toThrow(
      /no incident is called "meteor".*cpu-hog/,
    );
    expect(() => planIncidents({ seconds: 60, count: 6, seed: 1 })).toThrow(
      /60 s are too short.*at least 117 s/,
    );
  });
});

describe("a kind of incident", () => {
  test.each(incidentKinds)("$name undoes at its end what it did at its start", ({ start }) => {
    const log: string[] = [];
    const stop = start(
      {
        folder: "scratch",
        port: 1,
        command: ({ type }) => log.push(type),
        signal: (signal) => log.push(signal),
        disturb: (disturbance) => {
          log.push(disturbance);
          return () => log.push("end");
        },
      },
      10,
      0.5,
    );
    expect(log).toHaveLength(1);
    stop();
    expect(log).toHaveLength(2);
    const undone: Record<string, string> = { leak: "release", block: "unblock", SIGSTOP: "SIGCONT" };
    expect(log[1]).toBe(undone[log[0] ?? ""] ?? "end");
  });

  test("a leak stays below 400 MB whatever its length", () => {
    const leak = incidentKinds.find(({ name }) => name === "memory-leak");
    fc.assert(
      fc.property(
        fc.double({ min: 4, max: 30, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (s, strength) => {
          let total = 0;
          const command = (order: { type: string; megabytesPerSecond?: number }) => {
            total += (order.megabytesPerSecond ?? 0) * s;
          };
          leak?.start(
            { folder: "", port: 0, command, signal: () => {}, disturb: () => () => {} },
            s,
            strength,
          );
          expect(total).toBeGreaterThan(50);
          expect(total).toBeLessThanOrEqual(400 + slack);
        },
      ),
    );
  });
});
