import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { test } from "vitest";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

export const haveBrowser = existsSync(executablePath);

const quiet = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Real headless Chromium. */
export const launch = (...flags: readonly string[]): Promise<Browser> =>
  chromium.launch({ executablePath, args: [...quiet, ...flags] });

/** A test in a real browser: without one it is skipped by name, and fails under CI=true. */
export function testInBrowser(name: string, body: () => Promise<void>): void {
  if (haveBrowser) test(name, body);
  else if (process.env.CI === "true")
    test(name, () => Promise.reject(new Error(`there is no browser at ${executablePath}`)));
  else test.skip(`${name} (needs Chromium: set CHROMIUM)`, () => {});
}

/** A test that takes a minute, as the graphics card is a program: it runs when it is asked for. */
export function testOnSimulatedGpu(name: string, body: () => Promise<void>): void {
  if (process.env.VRNN_WEBGPU) testInBrowser(name, body);
  else test.skip(`${name} (slow: set VRNN_WEBGPU=1)`, () => {});
}
