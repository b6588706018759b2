import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { trainingProgress } from "../../src/cli/progress.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { aligned } from "../../src/words/aligned.ts";
import { clockTime, rate } from "../../src/words/figures.ts";
import { fileSize } from "../../src/words/file-size.ts";
import type { RunTrainingEvent } from "../../src/workbench/train.ts";

class Screen implements Terminal {
  text = "";
  readonly isTTY: boolean;
  readonly columns: number;

  constructor(isTTY: boolean, columns = 200) {
    this.isTTY = isTTY;
    this.columns = columns;
  }

  write(text: string | Uint8Array): boolean {
    this.text += String(text);
    return true;
  }

  get lines(): string[] {
    return this.text.split("\n");
  }
}

const STEPS = 4;
const cyan = "\u001b[36m";

/** A line without what colours it and clears the rest. */
const visible = (line: string): string =>
  [cyan, "\u001b[39m", "\u001b[K", "\n"].reduce((text, code) => text.replaceAll(code, ""), line);

/** What a run of some epochs tells, a batch taking `milliseconds`. */
function play(screen: Screen, epochs: number, milliseconds: number): void {
  vi.useFakeTimers({ toFake: ["performance"] });
  const progress = trainingProgress(screen, epochs);
  const show = (event: RunTrainingEvent) => progress.show(event);
  const bound = (natsPerStep: number) => ({ natsPerStep, logLikelihood: natsPerStep, kl: 0 });
  for (let step = 1; step <= epochs * STEPS; step++) {
    vi.advanceTimersByTime(milliseconds);
    const epoch = Math.floor((step - 1) / STEPS);
    const done = step - epoch * STEPS;
    show({
      type: "step",
      step,
      epoch,
      progress: done / STEPS,
      natsPerStep: -10 + epoch,
      gradientNorm: 1,
      learningRate: 1,
    });
    if (done === STEPS)
      show({
        type: "epoch",
        step,
        epoch: epoch + 1,
        train: bound(-10 + epoch),
        valid: bound(-9 + epoch),
        best: true,
      });
  }
  show({ type: "end", step: epochs * STEPS, epoch: epochs, reason: "finished" });
  progress.close();
}

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

describe("off a terminal", () => {
  test("a slow run tells each epoch in a plain line, with pace and time left", () => {
    const screen = new Screen(false);
    play(screen, 3, 1000);
    expect(screen.text).toBe(
      [
        "epoch 1/3  train -10.000  valid -9.000 *  0:08 left  1 batches/s",
        "epoch 2/3  train -9.000  valid -8.000 *  0:04 left  1 batches/s",
        "epoch 3/3  train -8.000  valid -7.000 *  1 batches/s",
        "",
      ].join("\n"),
    );
  });

  test("a quick run tells its first epoch, one every two seconds, and its last", () => {
    const screen = new Screen(false);
    play(screen, 100, 10);
    expect(screen.lines.map((line) => line.split("  ")[0])).toEqual([
      "epoch 1/100",
      "epoch 51/100",
      "epoch 100/100",
      "loss",
      "",
    ]);
    expect(screen.lines[3]).toBe("loss  ███▇▇▇▆▆▆▅▅▅▄▄▄▃▃▃▂▂▂▁▁▁");
  });
});

describe("on a terminal", () => {
  beforeEach(() => void vi.stubEnv("TERM", "xterm"));

  test("one line is rewritten, at most ten times a second, with the loss as a sparkline", () => {
    const screen = new Screen(true);
    play(screen, 100, 10);
    const drawn = screen.text.split("\r").slice(1);
    expect(drawn.length).toBeLessThanOrEqual(4000 / 100 + 2);
    expect(drawn.at(-1)).toMatch(/^epoch 100\/100 {2}train 89\.000 {2}valid 90\.000 \* .* {2}.*█▇/);
    expect(drawn.at(-1)).toContain("\u001b[K\n");
    expect(screen.lines.length).toBe(2);
  });

  test("a narrow one gets the most important parts, never a second line", () => {
    const screen = new Screen(true, 40);
    play(screen, 3, 1000);
    for (const line of screen.text.split("\r")) expect(visible(line).length).toBeLessThan(40);
    expect(screen.text).toContain("epoch 3/3  train -8.000");
  });

  test("NO_COLOR leaves no colour", () => {
    vi.stubEnv("NO_COLOR", "");
    const coloured = new Screen(true);
    play(coloured, 3, 1000);
    expect(coloured.text).toContain(cyan);
    vi.stubEnv("NO_COLOR", "1");
    const plain = new Screen(true);
    play(plain, 3, 1000);
    expect(plain.text).not.toContain(cyan);
  });
});

test("figures for people", () => {
  expect([0, 59.6, 3725].map(clockTime)).toEqual(["0:00", "1:00", "1:02:05"]);
  expect([999, 1000, 12_345, 5e9].map(fileSize)).toEqual(["999 B", "1.0 kB", "12.3 kB", "5.0 GB"]);
  expect([0.4214, 12.34, 345.6].map(rate)).toEqual(["0.42", "12", "346"]);
  expect(
    aligned([
      ["a", "bc"],
      ["def", "g"],
    ]),
  ).toEqual(["a    bc", "def  g"]);
});
