/** What puts the forecasts of a backtest right, which one of the model's own quantiles does without. */
import type { AdaptedMaps } from "../../calibration/adapt.ts";
import { adaptToHistories } from "../../calibration/adapt-history.ts";
import type { OriginPlan } from "../../inference/rolling-origins.ts";
import type { Context } from "../context.ts";
import type { Event } from "../event.ts";
import { recalibrationOf } from "../forecast.ts";
import type { Subject } from "../subject.ts";
import { working } from "../working.ts";

/** What puts the forecasts right at each origin, where that can be learned. */
export async function* mapsOf(
  context: Context,
  { settings }: Subject,
  plans: readonly OriginPlan[],
  horizon: number,
): AsyncGenerator<Event<never>, AdaptedMaps | undefined> {
  const recalibration = yield* recalibrationOf(context);
  if (recalibration === undefined) return undefined;
  const origins = new Map(plans.map((plan) => [plan.sequence, plan.origins]));
  const adapting = adaptToHistories(settings, {
    recalibration,
    horizon,
    sequences: [...origins.keys()],
    wanted: (sequence) => origins.get(sequence)!,
  });
  return yield* working(adapting, "forecasts of the past that quantiles adapt to");
}
