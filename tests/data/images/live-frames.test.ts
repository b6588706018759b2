import { expect, test } from "vitest";
import { FrameCutter } from "../../../src/data/images/live-frames.ts";

test("bytes in pieces of any length are the frames that they are in one", () => {
  const bytes = Uint8Array.from({ length: 23 }, (_, i) => i);
  const whole = Array.from({ length: 4 }, (_, t) => bytes.slice(5 * t, 5 * t + 5));
  for (let length = 1; length <= bytes.length; length++) {
    const cutter = new FrameCutter(5);
    const frames: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += length)
      frames.push(...cutter.push(bytes.slice(at, at + length)));
    expect(frames).toEqual(whole);
    expect(cutter.begun).toBe(3);
  }
});
