/** What a report shows of a run of tracks: the course of training. */
import { fieldDatasetOf } from "../data/field-dataset.ts";
import type { RunReport } from "./shown.ts";

export const motionReport: RunReport = async (_, given) => ({ data: fieldDatasetOf(given), latents: [] });
