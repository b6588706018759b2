import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchFolder } from "../run/scratch.ts";
import { main, vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const rows = Array.from({ length: 1000 }, (_, i) => [
  Math.sin(i / 5).toFixed(3),
  "abc"[Math.floor(i / 9) % 3]!,
]);
const textOf = (some: readonly (readonly string[])[]) =>
  `x,state\n${some.map((row) => row.join(",")).join("\n")}\n`;

test("a level never seen in training is odd when it comes live, and said to be of which column", async () => {
  writeFileSync(join(folder, "train.csv"), textOf(rows));
  expect((await vrnn(["train", "train.csv", "--epochs", "2", "--hidden", "6"], folder)).status).toBe(0);
  const fire = rows.slice(0, 60).map(([x, state], i) => [x!, i % 3 === 1 ? "on fire" : state!]);
  const watch = (...args: string[]) => {
    const all = ["watch", "runs/train", "--no-forecast", ...args];
    const { stdout, stderr } = spawnSync(process.execPath, [main, ...all], {
      cwd: folder,
      input: textOf(fire),
    });
    return {
      answers: String(stdout)
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
      stderr: String(stderr),
    };
  };
  const { answers, stderr } = watch("--every", "1000");
  // Only odd steps are answered: those with fire, and what is near enough to be flagged with them.
  const burning = fire.flatMap(([, state], i) => (state === "on fire" ? [i + 1] : []));
  expect(answers.filter(({ unseen }) => unseen !== undefined).map(({ step }) => step)).toEqual(burning);
  for (const { flags, unseen = ["state"] } of answers) expect([flags.odd, unseen]).toEqual([true, ["state"]]);
  expect(stderr.match(/levels never seen in training count as missing/g)).toHaveLength(1);
  const unflagged = watch("--no-flags").answers;
  expect(unflagged[0]).not.toHaveProperty("unseen");
  expect(unflagged[1]).toMatchObject({ flags: null, unseen: ["state"] });
});
