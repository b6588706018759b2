/** Random numbers for programs that draw from a model. */
import { Random } from "../random/generator.ts";
import { type Fill, fillOpenUniform } from "./rows.ts";

/** The random numbers of a batch row, a stream for each input of a sampling program. */
export type Source = Readonly<Record<"noise" | "uniform" | "normal", Fill>>;

/** The source that a seed and labels name. */
export function sourceOf(seed: number, label: string, ...labels: readonly (string | number)[]): Source {
  const stream = (name: string) => Random.stream(seed, label, name, ...labels);
  const [noise, uniform, normal] = [stream("noise"), stream("uniform"), stream("normal")];
  return {
    noise: (numbers) => noise.fillNormal(numbers),
    uniform: (numbers) => fillOpenUniform(uniform, numbers),
    normal: (numbers) => normal.fillNormal(numbers),
  };
}
