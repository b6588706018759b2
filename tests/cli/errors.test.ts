import { CommanderError } from "commander";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { reportError } from "../../src/cli/errors.ts";
import { VrnnError } from "../../src/errors.ts";
import { usageError } from "../../src/options.ts";

let told = "";
beforeEach(() => {
  told = "";
  vi.stubEnv("NO_COLOR", "1");
  vi.stubEnv("VRNN_DEBUG", "");
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    told += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

test("an error made on purpose is its own line", () => {
  expect(reportError(new VrnnError("data/x", "bad", { at: "a.csv:3", remedy: "mend it" }))).toBe(1);
  expect(told).toBe("error: a.csv:3: bad (mend it)\n");
});

test("a mistake on the command line has a status of its own; help that was asked for has none", () => {
  expect(reportError(usageError("--hidden is odd"))).toBe(2);
  expect(reportError(new CommanderError(1, "commander.unknownOption", "error: unknown option '-x'"))).toBe(2);
  expect(reportError(new CommanderError(0, "commander.helpDisplayed", "help"))).toBe(0);
  expect(reportError(new CommanderError(1, "commander.help", "(outputHelp)"))).toBe(2);
  expect(told).toBe("error: --hidden is odd\nerror: unknown option '-x'\n");
});

test("any other error is one line too, and says that it is a bug", () => {
  expect(reportError(new TypeError("x is undefined\n  in y"))).toBe(1);
  expect(told).toBe("error: x is undefined in y: this is a bug in vrnn (VRNN_DEBUG=1 shows where)\n");
});

test("VRNN_DEBUG shows where it came from, down to the first cause", () => {
  vi.stubEnv("VRNN_DEBUG", "1");
  reportError(new VrnnError("a/b", "outer", { cause: new RangeError("inner") }));
  expect(told).toMatch(/VrnnError: outer\n +at .*errors\.test\.ts[\s\S]*caused by RangeError: inner\n +at /);
});
