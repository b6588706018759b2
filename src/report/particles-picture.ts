import type { Clock, Series } from "./content.ts";
import { rowMargins, rowsPanel } from "./figures/rows.ts";
import { standalone, svgOf } from "./panel.ts";

/** What particles say of a sequence that they follow. */
export interface ParticlesContent {
  readonly name: string;
  readonly times: readonly number[];
  /** N, how many follow it. */
  readonly particles: number;
  /** `[length]`: how many count, 1 / Σ W², from 1 to N. */
  readonly effectiveSize: Series;
  /** `[length]`: nats of each step. */
  readonly total: Series;
}

const WIDTH = 940;

/** The effective sample size over time, above how likely the particles found each step, as a file of its own. */
export function particlesPicture(content: ParticlesContent, clock: Clock): string {
  const { name, times, particles, effectiveSize, total } = content;
  const canvas = { width: WIDTH, clock };
  const rows = [
    {
      label: "particles that count",
      note: `of ${particles}`,
      values: effectiveSize,
      range: [1, particles] as const,
    },
    { label: "log-likelihood", note: "nats of the step", values: total },
  ];
  const panel = rowsPanel(rows, { ...canvas, ...rowMargins(canvas), times });
  const reading = `Before steps at which fewer than ${particles / 2} count, they are drawn anew. Where hardly any counts, the data surprise the model, and its nats are uncertain.`;
  return standalone(svgOf(panel, "Effective sample size"), `Particles over ${name}`, reading);
}
