/** What a comparison found, for people: a line for ours, and one for each rival. */

const widths = [-18, 9, 8, 9, 0];

const pad = (text, width) => (width < 0 ? text.padEnd(-width) : text.padStart(width));

const line = (...cells) => cells.map((cell, i) => pad(String(cell), widths[i])).join("  ");

export const heading = line("", "ms", "ratio", "peak GB", "95 %");

/** @param result as `compare` gives it */
export function linesOf(name, { ours, ofCeiling, rivals }) {
  const share = ofCeiling === undefined ? "" : `, ${(100 * ofCeiling).toFixed(0)} % of the ceiling`;
  const others = Object.entries(rivals).map(
    ([rival, { ms, ratio, interval, peakGigabytes, setting, differsBy }]) => {
      const ends = interval.map((end) => end.toFixed(2)).join(" to ");
      const remarks = `${ends}; ${setting}; differs by ${differsBy}`;
      return line(`  ${rival}`, ms, ratio.toFixed(2), peakGigabytes, remarks);
    },
  );
  return [line(name, ours.ms, "", ours.peakGigabytes, `${ours.setting}${share}`), ...others];
}
