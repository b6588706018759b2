/** A few numbers of each case, small enough to be kept beside the tests. */

/** Parts that are told as they are. */
const whole = new Set(["natsPerStep", "gradientNorm", "bound"]);
/** Parts, by their first word, that are told by their sums; no other name is known to a summary, so that it outlives them. */
const parts = "data,before: weights,after 20: weights,epochs";
const tasks = "score,sample,forecast,backtest,impute,encode,filter,stream,detect,export";
const summed = new Set([...parts.split(","), ...tasks.split(",")]);

/**
 * A line of JSON for each case. A part that is summed gives Σ|x| and Σwx over its arrays; the weights w, from 0.5 to 1.5
 * along each array, tell whether anything changed its place or its sign.
 */
export function summaryOf(values) {
  const summary = {};
  for (const [name, numbers] of Object.entries(values)) {
    const [which, part] = name.split(" | ");
    const group = part.replace(/\/.*/, "");
    summary[which] ??= {};
    if (whole.has(part)) summary[which][part] = Array.from(numbers, rounded);
    else if (summed.has(group)) summary[which][group] = added(summary[which][group] ?? [0, 0], numbers);
  }
  const lines = Object.keys(summary).map((which) => {
    const told = Object.entries(summary[which]).map(([part, numbers]) => [part, numbers.map(rounded)]);
    return `${JSON.stringify(which)}: ${JSON.stringify(Object.fromEntries(told))}`;
  });
  return `{\n${lines.join(",\n")}\n}`;
}

const rounded = (value) => Number(value.toPrecision(9));

/** Missing values count as 0. */
function added([size, turned], numbers) {
  const known = Array.from(numbers, (value) => (Number.isNaN(value) ? 0 : value));
  const sum = (of) => known.reduce((all, value, i) => all + of(value, i), 0);
  return [size + sum(Math.abs), turned + sum((value, i) => value * (0.5 + ((i * 0.381966) % 1)))];
}
