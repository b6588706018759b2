/** Made-up telemetry: a load that swings, whether a fan runs, and what the machine is busy with. */
const kinds = ["idle", "web", "backup"] as const;

/** The same numbers in [0, 1) everywhere: a linear congruential generator (Numerical Recipes). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Recordings as CSV, a tenth of the loads missing.
 *
 * @example
 * wavesCsv(1, 2); // "recording,load,fan,work\n1,0.61,0,web\n1,0.87,1,web\n"
 */
export function wavesCsv(recordings = 24, steps = 60): string {
  const random = numbers(7);
  const lines = Array.from({ length: recordings }, (_, i) => {
    const [phase, period] = [random() * 6, 8 + 8 * random()];
    return Array.from({ length: steps }, (_, t) => {
      const load = Math.sin(phase + (2 * Math.PI * t) / period) + 0.2 * random();
      const work = kinds[load < -0.5 ? 0 : load > 0.8 ? 2 : 1];
      return `${i + 1},${random() < 0.1 ? "" : load.toFixed(2)},${load > 0.5 ? 1 : 0},${work}`;
    });
  });
  return `recording,load,fan,work\n${lines.flat().join("\n")}\n`;
}
