import type { Random } from "../random/generator.ts";
import type { Part } from "./source.ts";

/**
 * What is made of a part of a sequence each time that it is learned from.
 *
 * @param random the same for all windows of a sequence, another one each time that the sequence comes
 */
export type Reread = (part: Part, random: Random) => Part;
