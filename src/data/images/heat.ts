/** How odd the places of a frame are, drawn over it. */

/**
 * A frame in grey with a map over it in red: places at `most` or above are red, those at `least` or below stay as they are.
 *
 * @param frame `[H·W·C]` from 0 to 1 @param map `[H·W]`
 * @returns `[H·W·3]` from 0 to 1
 */
export function heated(
  frame: ArrayLike<number>,
  map: ArrayLike<number>,
  { least, most }: { readonly least: number; readonly most: number },
): Float64Array {
  const colours = frame.length / map.length;
  const shown = new Float64Array(3 * map.length);
  for (let i = 0; i < map.length; i++) {
    let grey = 0;
    for (let c = 0; c < colours; c++) grey += frame[i * colours + c]! / colours;
    const heat = Math.min(1, Math.max(0, (map[i]! - least) / (most - least)));
    shown[3 * i] = grey + (1 - grey) * heat;
    shown[3 * i + 1] = grey * (1 - heat);
    shown[3 * i + 2] = grey * (1 - heat);
  }
  return shown;
}
