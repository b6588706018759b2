/** Ways to tell how odd a place of a frame is (`frame-maps.ts`). */
export const frameMeasureNames = ["surprise", "divergence", "error"] as const;

/** The name of one. */
export type FrameMeasureName = (typeof frameMeasureNames)[number];
