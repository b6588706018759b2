import { LEFT, type SpectrogramContent, spectrogramPanel } from "./figures/spectrogram.ts";
import { column, heading, standalone, svgOf } from "./panel.ts";

const WIDTH = 940;

/**
 * Spectrograms one under the other, as a file of its own: what was heard, and maybe what a model says of it.
 *
 * @param contents at least one
 * @example
 * const { features, frameRate, centresHz } = frontEnd({ rate: 8000 });
 * spectrogramPicture("A spoken seven", [{ name: "as recorded", frames: features(samples), frameRate, centresHz }]); // "<svg ..."
 */
export function spectrogramPicture(title: string, contents: readonly SpectrogramContent[]): string {
  const canvas = { width: WIDTH, clock: "seconds" } as const;
  const panels = contents.map((content) =>
    column([heading(content.name, { width: WIDTH, x: LEFT }), spectrogramPanel(content, canvas)], 2),
  );
  const reading = "Time from left to right, low bands at the foot. The lighter, the louder.";
  return standalone(svgOf(column(panels, 8), title), title, reading);
}
