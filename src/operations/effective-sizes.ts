/** Fewer that count, and the log of their mean weight is off by half a nat and more: its deviation is 1 / √size. */
const FEW = 4;

/** So many steps are judged together: an odd one alone says nothing of the particles. */
const STRETCH = 25;

/** Effective sample sizes of particles over a stream. */
export class EffectiveSizes {
  private steps = 0;
  private sum = 0;
  private sumOfStretch = 0;
  private least = Number.POSITIVE_INFINITY;
  private isTold = false;

  /** Takes a step's; once, after a stretch of steps that few particles followed, what is to be told of it. */
  add(size: number): string | undefined {
    this.steps += 1;
    this.sum += size;
    this.least = Math.min(this.least, size);
    this.sumOfStretch += size;
    if (this.steps % STRETCH > 0) return undefined;
    const mean = this.sumOfStretch / STRETCH;
    this.sumOfStretch = 0;
    if (this.isTold || mean >= FEW) return undefined;
    this.isTold = true;
    const steps = `steps ${this.steps - STRETCH + 1} to ${this.steps}`;
    return `${mean.toFixed(1)} particles count in the mean of ${steps}: scores are off by half a nat or more (more --particles)`;
  }

  /** Mean and least of all steps; undefined where there were none. */
  get summary(): { readonly mean: number; readonly least: number } | undefined {
    const { steps, sum, least } = this;
    return steps === 0 ? undefined : { mean: sum / steps, least };
  }
}
