/** What a normal distribution says of a recorded value, by numbers. */
import { logCellWidth, type Recorded, scaleFloor } from "./resolution.ts";

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/**
 * The log mass of a recorded value under a normal distribution, in nats (a log density where there is no grid).
 * The scale is floored; `value`, `mean` and `scale` are in the column's unit.
 *
 * @example
 * normalLogMass(20, 20, 0, { resolution: 1, standardDeviation: 0 }); // -0.22579135264472738
 */
export function normalLogMass(value: number, mean: number, scale: number, column: Recorded): number {
  const floored = Math.max(scale, scaleFloor(column));
  const z = (value - mean) / floored;
  return logCellWidth(column) - Math.log(floored) - HALF_LOG_TWO_PI - 0.5 * z * z;
}
