import { split, type Tensor } from "../graph/index.ts";

/** The two halves of a layer's output, `[..., 2Z]`: mean and raw scale, `[..., Z]` each. */
export const halves = (x: Tensor, latent: number): readonly [Tensor, Tensor] =>
  split(x, [latent, latent]) as unknown as readonly [Tensor, Tensor];
