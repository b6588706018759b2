import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

const root = join(import.meta.dirname, "../..");
const holdsProperties = (file) => readFileSync(join(root, file), "utf8").includes("fc.assert(");

/** The tests that fail with a seed: file, name and message of each. */
function failuresWith(seed, files) {
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const args = [vitest, "run", "--no-isolate", "--reporter=json", ...files];
  const env = { ...process.env, VRNN_SEED: String(seed) };
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, env, encoding: "utf8" });
  const [, report] = /^(\{"numTotalTestSuites".*)$/m.exec(stdout) ?? [];
  if (report === undefined) throw new Error(`vitest gave no report:\n${stdout}${stderr}`);
  return JSON.parse(report).testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === "failed");
    const file = relative(root, name);
    if (failed.length === 0 && status === "failed") return [{ file, test: "the file itself", message }];
    return failed.map(({ fullName, failureMessages }) => ({
      file,
      test: fullName,
      message: failureMessages.join("\n"),
    }));
  });
}

/**
 * Runs the files of tests that hold properties with fresh seeds, until the time is over or one fails.
 *
 * @param only the beginnings of their paths, all when empty
 * @returns whether none failed
 */
export function fuzzProperties({ minutes, only }) {
  const files = readdirSync(join(root, "tests"), { recursive: true, encoding: "utf8" })
    .map((file) => `tests/${file}`)
    .filter((file) => file.endsWith(".test.ts") && holdsProperties(file))
    .filter((file) => only.length === 0 || only.some((each) => file.startsWith(each)));
  const until = Date.now() + 60_000 * minutes;
  let seeds = 0;
  do {
    const seed = randomInt(2 ** 31);
    const failures = failuresWith(seed, files);
    for (const { file, test, message } of failures)
      console.log(`${file}: ${test}\n${message}\n\nrepeat: VRNN_SEED=${seed} npx vitest run ${file}\n`);
    if (failures.length > 0) return false;
    seeds++;
    console.error(`seed ${seed}: ${files.length} files pass`);
  } while (Date.now() < until);
  console.log(`${seeds} seeds, no failure`);
  return true;
}
