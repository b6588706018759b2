/** Speech in a real browser: a run is opened in a worker, and hears a recording and the microphone. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { encodeWav } from "../../src/data/audio/wav-encode.ts";
import { Random } from "../../src/random/generator.ts";
import { vrnn } from "../cli/vrnn.ts";
import { spokenTones, TONE_RATE, toneTraining, writeTones } from "../spoken-tones.ts";
import { haveBrowser, launch, testInBrowser } from "./browser.ts";
import { openSite, type Site } from "./site.ts";

const folder = mkdtempSync(join(tmpdir(), "vrnn-speech-"));
const said = join(folder, "said.wav");
let site: Site;
let browser: Browser;
/** What the command line makes of the recording. */
let expected: string[];

beforeAll(async () => {
  if (!haveBrowser) return;
  writeTones(join(folder, "tones"));
  expect((await vrnn(["train", "tones", ...toneTraining], folder)).status).toBe(0);
  const random = Random.stream(3, "in a browser");
  const pause = Float32Array.from({ length: TONE_RATE }, () => 0.002 * random.normal());
  const words = spokenTones(["go", "stop", "go"], random, 0.3);
  const samples = Float32Array.of(...words, ...pause, ...words, ...pause);
  writeFileSync(said, encodeWav({ rate: TONE_RATE, channels: [samples] }));
  const { stdout } = await vrnn(["transcribe", "runs/tones", "--stream", said], folder);
  expected = stdout.split("\n").filter((line) => line !== "" && !line.endsWith(" …"));
  const microphone = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
  [site, browser] = await Promise.all([
    openSite(),
    launch(...microphone, `--use-file-for-fake-audio-capture=${said}`),
  ]);
}, 400_000);

afterAll(async () => {
  await browser?.close();
  site?.close();
  rmSync(folder, { recursive: true });
});

async function opened(): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(100_000);
  await page.goto(`${site.plain}/transcribe`, { waitUntil: "load" });
  const run = join(folder, "runs/tones");
  await page.setInputFiles("#run", [join(run, "config.json"), join(run, "weights.safetensors")]);
  await page.waitForSelector("#listen:enabled");
  return page;
}

const linesOf = (page: Page) => page.locator("#said li span").allTextContents();

testInBrowser("examples/browser/transcribe hears a recording as the command line does", async () => {
  expect(expected.length).toBeGreaterThanOrEqual(2);
  const page = await opened();
  await page.uncheck("#pace");
  await page.setInputFiles("#recording", said);
  await page.waitForFunction(() => /^[\d.]+ s heard$/.test(document.getElementById("status")!.textContent));
  expect(await linesOf(page)).toEqual(expected);
  await page.close();
});

testInBrowser(
  "examples/browser/transcribe listens to the microphone, and shows what is being said",
  async () => {
    const page = await opened();
    await page.click("#listen");
    await page.waitForFunction(() => document.getElementById("now")!.textContent.trim() !== "");
    await page.waitForFunction(() => document.querySelectorAll("#said li").length >= 1);
    expect(await page.textContent("#listen")).toBe("Stop");
    await page.click("#listen");
    await page.waitForSelector("#listen[aria-pressed=false]");
    for (const line of await linesOf(page)) expect(line).toMatch(/^(go|stop|left)( (go|stop|left))*$/);
    await page.close();
  },
);

testInBrowser("examples/browser/transcribe says what is wrong with the files of a run", async () => {
  const page = await browser.newPage();
  await page.goto(`${site.plain}/transcribe`, { waitUntil: "load" });
  await page.setInputFiles("#run", join(folder, "runs/tones/config.json"));
  await page.waitForFunction(() => document.getElementById("status")!.textContent.includes("both files"));
  const buffer = Buffer.from("{}");
  await page.setInputFiles("#run", [
    { name: "config.json", mimeType: "application/json", buffer },
    { name: "weights.safetensors", mimeType: "application/octet-stream", buffer },
  ]);
  await page.waitForFunction(() => document.getElementById("status")!.textContent.includes("config.json"));
  expect(await page.isDisabled("#listen")).toBe(true);
  await page.close();
});
