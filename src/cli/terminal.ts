import type { WriteStream } from "node:tty";
import pico from "picocolors";

/** The part of a stream that progress and messages need. */
export type Terminal = Pick<WriteStream, "write"> & Partial<Pick<WriteStream, "isTTY" | "columns">>;

/** Whether lines may be rewritten in place. */
export const isLive = ({ isTTY }: Terminal): boolean => isTTY === true && process.env.TERM !== "dumb";

/** Colours where the stream is a terminal and NO_COLOR does not forbid them; plain text elsewhere. */
export const coloursOf = (stream: Terminal) => pico.createColors(isLive(stream) && !process.env.NO_COLOR);

/** Writes a line for the person at the terminal; data go to stdout, everything else comes here. */
export const tell = (text: string): void => void process.stderr.write(`${text}\n`);
