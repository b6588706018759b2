import { between, type Uniform } from "./random.ts";

/** Requests of a kind: a route of the server, the range of its size, and its share in the mix. */
type Ingredient = { route: string; sizes: readonly [number, number]; share: number };

/** A stretch of the recurring load: requests per second go from `from` to `to`. */
export type Phase = { name: string; seconds: number; from: number; to: number; mix: readonly Ingredient[] };

const page: Ingredient = { route: "cached", sizes: [4, 48], share: 6 };
const light: Ingredient = { route: "hash", sizes: [120, 480], share: 3 };
const heavy: Ingredient = { route: "hash", sizes: [300, 700], share: 4 };
const store: Ingredient = { route: "write", sizes: [16, 128], share: 2 };
const fetchCold: Ingredient = { route: "read", sizes: [8, 48], share: 2 };
const hold: Ingredient = { route: "allocate", sizes: [2, 24], share: 2 };

/** The recurring round of about 40 seconds. */
export const phases: readonly Phase[] = [
  { name: "calm", seconds: 8, from: 70, to: 70, mix: [page, light] },
  { name: "ramp", seconds: 9, from: 60, to: 250, mix: [page, light, hold] },
  { name: "writes", seconds: 6, from: 120, to: 120, mix: [{ ...store, share: 8 }, page, light] },
  { name: "mixed", seconds: 9, from: 170, to: 170, mix: [page, light, store, fetchCold, hold] },
  { name: "compute", seconds: 8, from: 85, to: 85, mix: [heavy, light, page] },
];

/** A load: at a time in seconds, the wanted requests per second and a way to draw the next request's path. */
export type Load = { at: (seconds: number) => { rate: number; draw: () => string } };

/**
 * The endless load of a seed: rounds of phases whose lengths vary by a tenth, from a random point of the first
 * round on, under a slow wave and a jitter that changes every second.
 */
export function createLoad(uniform: Uniform): Load {
  const offset = between(uniform, 0, 40);
  const wave = { period: between(uniform, 19, 31), phase: between(uniform, 0, 2 * Math.PI) };
  const phaseAt = phaseWalk(uniform);
  let jitter = { second: -1, factor: 1 };
  return {
    at: (seconds) => {
      const { phase, progress } = phaseAt(seconds + offset);
      const second = Math.floor(seconds);
      if (second !== jitter.second) jitter = { second, factor: between(uniform, 0.8, 1.2) };
      const modulation = 1 + 0.25 * Math.sin((2 * Math.PI * seconds) / wave.period + wave.phase);
      const rate = (phase.from + (phase.to - phase.from) * progress) * modulation * jitter.factor;
      return { rate, draw: () => drawPath(phase.mix, uniform) };
    },
  };
}

/** Walks through the phases; times must not decrease. */
function phaseWalk(uniform: Uniform): (seconds: number) => { phase: Phase; progress: number } {
  let index = -1;
  let start = 0;
  let end = 0;
  return (seconds) => {
    while (seconds >= end) {
      index = (index + 1) % phases.length;
      start = end;
      end += (phases[index] as Phase).seconds * between(uniform, 0.9, 1.1);
    }
    return { phase: phases[index] as Phase, progress: (seconds - start) / (end - start) };
  };
}

function drawPath(mix: readonly Ingredient[], uniform: Uniform): string {
  let left = uniform() * mix.reduce((sum, { share }) => sum + share, 0);
  const chosen = mix.find(({ share }) => {
    left -= share;
    return left < 0;
  });
  return pathOf(chosen ?? (mix[0] as Ingredient), uniform);
}

function pathOf(chosen: Ingredient, uniform: Uniform): string {
  return `/${chosen.route}/${Math.round(between(uniform, ...chosen.sizes))}`;
}
