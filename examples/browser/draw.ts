/** Pictures in SVG, and frames of clips on a canvas. */

/** What is drawn where: a box in the units of the picture. */
interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** One line with its extremes at the left and its length at the right. */
export function curve(values: readonly number[], box: Box, unit: string): string {
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  const span = highest - lowest || 1;
  const { left, top, width, height } = box;
  const x = (i: number) => left + (width * i) / Math.max(1, values.length - 1);
  const y = (value: number) => top + height * (1 - (value - lowest) / span);
  const points = values.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  const label = (value: number, dy: number) =>
    `<text x="${left - 8}" y="${y(value) + dy}" text-anchor="end">${value.toFixed(2)}</text>`;
  const axis = `<line class="axis" x1="${left}" x2="${left + width}" y1="${top + height}" y2="${top + height}"/>`;
  const end = `<text x="${left + width}" y="${top + height + 15}" text-anchor="end">${values.length} ${unit}</text>`;
  return `${axis}<polyline class="curve" points="${points}"/>${label(highest, 8)}${label(lowest, 0)}${end}`;
}

/** Several lines below each other. */
export function rows(lines: readonly (readonly number[])[], box: Box, unit: string): string {
  const height = box.height / lines.length;
  return lines
    .map((line, i) => curve(line, { ...box, top: box.top + i * height, height: height - 24 }, unit))
    .join("");
}

/** Draws a frame, `[H·W]` or `[H·W·3]` from 0 to 1, a pixel a pixel of the canvas. */
export function drawFrame(canvas: HTMLCanvasElement, frame: ArrayLike<number>): void {
  const { width, height } = canvas;
  const channels = frame.length / (width * height);
  const rgba = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < rgba.length; i++) {
    const [pixel, c] = [i >> 2, i & 3];
    if (c < 3) rgba[i] = Math.round(255 * frame[pixel * channels + (channels === 3 ? c : 0)]!);
  }
  canvas.getContext("2d")!.putImageData(new ImageData(rgba, width, height), 0, 0);
}
