/** How a detector is set, which several operations are told. */
import { option } from "../options.ts";
import * as z from "../zod.ts";

const rate = (flag: string, help: string) => option(z.optional(z.number().check(z.gt(0))), { flag, help });

/** How a detector is set, and what it learns. */
export const detecting = {
  alarmsPerHour: rate(
    "--alarms-per-hour <rate>",
    "the most false alarms wanted, of data that say when (default: 1, and no more than 1 in 1,000 steps)",
  ),
  alarmsPerThousandSteps: rate(
    "--alarms-per-1000-steps <rate>",
    "the same by steps (default without times: 1 in 1,000 steps)",
  ),
  adapt: option(z._default(z.boolean(), false), {
    flag: "--adapt",
    help: "learn on from what comes: after a lasting change the new level is the usual one",
  }),
  lasting: option(z.optional(z.int().check(z.minimum(1))), {
    flag: "--lasting <steps>",
    help: "after so many odd steps a column has changed for good (default: half of the clean steps, 100 to 2,000)",
  }),
};

/** How frames are looked at, live ones too. What each does is said by `cli/watch-help.ts`. */
export const lookingAtFrames = {
  patch: option(z._default(z.int().check(z.minimum(1)), 12), {
    flag: "--patch <pixels>",
    materials: ["images"],
  }),
};
