/** The calendar of a time: its places in what goes round. */
import type { CycleName } from "./derivation.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;

/** How far a round has gone at a time in seconds since 1970, from 0 to 1. */
export const cycles: Readonly<Record<CycleName, (time: number) => number>> = {
  hour: (time) => share(time, DAY),
};

/** What a time is beyond the last whole multiple of a length, as a share of that. */
const share = (time: number, length: number): number => time / length - Math.floor(time / length);
