import type { Album } from "../album.ts";
import type { ReportContent } from "../content.ts";
import { excerptOf } from "../excerpt.ts";
import { samplesFigure, samplesReading } from "../figures/excerpt.ts";
import { type ReportSection, tableIn } from "../section.ts";

/** What the model makes up, beside what is real. */
export const samples: ReportSection = {
  id: "samples",
  content: (source) => {
    const { units, samples } = source;
    const table = tableIn(source);
    if (samples === undefined || table === undefined) return {};
    const { columns, modality } = table;
    const { real, sampled } = samples;
    const shown = { units, material: modality?.name };
    return {
      samples: {
        real: excerptOf(columns, real, shown),
        sampled: sampled.map((sequence) => excerptOf(columns, sequence, shown)),
      },
    };
  },
  render,
};

function render({ samples }: ReportContent, album: Album): ReturnType<ReportSection["render"]> {
  if (!samples || samples.sampled.length === 0) return undefined;
  const { real, sampled } = samples;
  const figure = album.add({
    name: "samples",
    title: "Real and invented",
    reading: samplesReading(real, sampled),
    draw: (canvas) => samplesFigure(real, sampled, canvas),
  });
  return {
    title: "Samples",
    lead: "Sequences that the model invents when nothing is given to it. They should behave like real ones without repeating them.",
    body: figure,
  };
}
