/** `npm run dev`: compiles `src` into `dist` and repeats the tests of the sources, each when a file is saved. */
import { spawn } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

// The tests have the terminal, for vitest's keys; the compiler tells its errors in between.
const watchers = [
  ["typescript/bin/tsc", "-p", "tsconfig.build.json", "--watch", "--preserveWatchOutput"],
  ["vitest/vitest.mjs", "watch", "--project", "unit"],
].map(([program, ...args]) =>
  spawn(process.execPath, [join(root, "node_modules", program), ...args], { cwd: root, stdio: "inherit" }),
);

for (const watcher of watchers) {
  watcher.once("exit", (code) => {
    for (const other of watchers) other.kill();
    process.exitCode = code ?? 0;
  });
}
