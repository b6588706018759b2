/** Scales as the graph has them: softplus of a raw weight, and a floor under it. */

/** The least deviation that softplus reaches with a floor under it. */
export const aboveFloor = (floor: number): number => floor * (1 + 1e-6);

export const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
