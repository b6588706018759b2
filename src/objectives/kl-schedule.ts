/** KL warm-up (Bowman et al. 2016): the weight of the divergence rises linearly from 0 to 1 over some steps. */
export const klWeightAt = (warmupSteps: number, step: number): number =>
  warmupSteps === 0 ? 1 : Math.min(1, (step + 1) / warmupSteps);
