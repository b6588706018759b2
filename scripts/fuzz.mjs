/**
 * Random programs and properties with fresh seeds, until the time is over or one fails:
 *
 *     npm run fuzz [-- --minutes 5] [-- tests/passes]
 *
 * A failure is told with its counterexample and the command that repeats it. Arguments choose among the test files.
 */
import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";

const root = join(import.meta.dirname, "..");
const { values, positionals } = parseArgs({
  options: { minutes: { type: "string", default: "5" } },
  allowPositionals: true,
});

const holdsProperties = (file) => readFileSync(join(root, file), "utf8").includes("fc.assert(");
const files = readdirSync(join(root, "tests"), { recursive: true, encoding: "utf8" })
  .map((file) => `tests/${file}`)
  .filter((file) => file.endsWith(".test.ts") && holdsProperties(file))
  .filter((file) => positionals.length === 0 || positionals.some((each) => file.startsWith(each)));

/** The tests that fail with a seed: file, name and message of each. */
function failuresWith(seed) {
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

const until = Date.now() + 60_000 * Number(values.minutes);
let seeds = 0;
do {
  const seed = randomInt(2 ** 31);
  const failures = failuresWith(seed);
  for (const { file, test, message } of failures)
    console.log(`${file}: ${test}\n${message}\n\nrepeat: VRNN_SEED=${seed} npx vitest run ${file}\n`);
  if (failures.length > 0) process.exit(1);
  seeds++;
  console.error(`seed ${seed}: ${files.length} files pass`);
} while (Date.now() < until);
console.log(`${seeds} seeds, no failure`);
