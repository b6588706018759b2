/** The names of what transcribers take and tell, which few programs load. */
import { Naming } from "../names.ts";

/** The transcripts that a transcriber is to tell. */
export const ctcNames = new Naming("ctc.");
/** How likely each symbol of a field is at a step. */
export const logProbNames = new Naming("logProb.");
/** What a transcriber carries from step to step. */
export const heardNames = new Naming("heard.");
