/** A few numbers of each case, small enough to be kept beside the tests. */

const sum = (values, of = (value) => value) =>
  values.reduce((all, value) => all + (Number.isNaN(value) ? 0 : of(value)), 0);

/** Arrays that are told as they are; of others the sum and the sum of absolute values, by the first word of their part. */
const whole = new Set(["natsPerStep", "gradientNorm", "bound"]);

export function summaryOf(values) {
  const summary = {};
  for (const [name, numbers] of Object.entries(values)) {
    const [which, part] = name.split(" | ");
    summary[which] ??= {};
    if (whole.has(part)) summary[which][part] = [...numbers];
    else {
      const group = part.replace(/\/.*/, "");
      const [total, size] = summary[which][group] ?? [0, 0];
      summary[which][group] = [total + sum(numbers), size + sum(numbers, Math.abs)];
    }
  }
  return JSON.stringify(summary);
}
