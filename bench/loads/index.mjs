/** Everything that is timed, by name; one line each, the model in a file beside this one and in ../pytorch/. */
import { vrnnLoad } from "./vrnn.mjs";

export const loads = {
  tiny: vrnnLoad({ x: 4, hidden: 32, latent: 8, batch: 32, steps: 64 }),
  music: vrnnLoad({ x: 88, hidden: 128, latent: 32, batch: 16, steps: 100 }),
  mid: vrnnLoad({ x: 200, hidden: 256, latent: 64, batch: 64, steps: 100 }),
  big: vrnnLoad({ x: 200, hidden: 512, latent: 128, batch: 64, steps: 50 }),
};
