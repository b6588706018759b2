/** The sections of a report, in the order of the page: what was found first, what it was found in last. */
import type { ReportSection } from "../section.ts";
import { bound } from "./bound.ts";
import { captions } from "./captions.ts";
import { data } from "./data.ts";
import { incidents } from "./incidents.ts";
import { latents } from "./latents.ts";
import { reading } from "./reading.ts";
import { samples } from "./samples.ts";
import { speech } from "./speech.ts";
import { texts } from "./texts.ts";
import { translations } from "./translations.ts";

export const sections: readonly ReportSection[] = [
  incidents,
  speech,
  bound,
  reading,
  texts,
  translations,
  captions,
  samples,
  latents,
  data,
];
