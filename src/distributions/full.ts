import {
  add,
  concat,
  constant,
  div,
  filledLike,
  mul,
  slice,
  split,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  unsqueeze,
  where,
} from "../graph/index.ts";
import { gridded, gridOf, normalLogDensity, scaleOf, unitScale, vector } from "./gaussian.ts";

/** x = mean + rows · z with z standard normal: the mean `[..., D]`, and each row of the lower triangular matrix `[..., D]`. */
interface Joint {
  readonly mean: Tensor;
  readonly rows: readonly Tensor[];
}

/** What is known of z: its mean `[..., D]`, and a matrix whose product with its transpose is its covariance, `[..., D, D]`. */
interface Known {
  readonly mean: Tensor;
  readonly spread: Tensor;
}

/**
 * Real columns that are normal together, with any covariance. `raw` is [means | scales | slopes]: x_d is normal given the
 * entries before it, its scale on the diagonal of the Cholesky factor of the covariance, its slopes left of it, row by row. So
 * the covariance is never singular, and the conditional scale keeps the floor of the grid (`resolution.ts`).
 *
 * Each entry has the nats of the chain rule over those that were observed before it, the others integrated out: what was seen
 * tells of z, one entry after the other. What is missing is drawn given what was seen. Entries cost D² each.
 */
export const full = gridded((columns, { floors, offsets }) => {
  const { length: size } = columns;
  const slopes = (size * (size - 1)) / 2;
  const jointOf = (raw: Tensor): Joint => {
    const [mean, scales, rest] = split(raw, [size, size, slopes].slice(0, slopes > 0 ? 3 : 2)) as Parts;
    return { mean, rows: rowsOf(scaleOf(scales, floors), rest) };
  };
  return {
    width: 2 * size + slopes,
    uniforms: 0,
    normals: size,
    missing: "exact",
    initialBias: [
      ...columns.map(() => 0),
      ...unitScale(gridOf(columns).floors),
      ...Array<number>(slopes).fill(0),
    ],
    logProbability: (raw, x, seen) => add(chained(jointOf(raw), x, seen).logDensity, vector(offsets)),
    sample: (raw, { normal }, temperature) => placed(jointOf(raw), mul(normal, temperature)),
    complete: (raw, x, seen, { normal }, temperature) => {
      const joint = jointOf(raw);
      const { mean, spread } = chained(joint, x, seen).known;
      return placed(joint, add(mean, mul(product(spread, normal), temperature)));
    },
    mean: (raw) => jointOf(raw).mean,
  };
});

type Parts = readonly [mean: Tensor, scales: Tensor, slopes: Tensor | undefined];

/** The rows of a lower triangular matrix out of its diagonal `[..., D]` and what stands left of it, row by row. */
function rowsOf(diagonal: Tensor, left: Tensor | undefined): Tensor[] {
  const size = diagonal.shape[diagonal.rank - 1] as number;
  const entries = (x: Tensor, from: number, to: number) => slice(x, x.rank - 1, from, to);
  return Array.from({ length: size }, (_, d) => {
    const own = entries(diagonal, d, d + 1);
    const start = (d * (d - 1)) / 2;
    const zeros = filledLike({ dtype: own.dtype, shape: [...own.shape.slice(0, -1), size - d - 1] }, 0);
    return concat([
      ...(d > 0 ? [entries(left as Tensor, start, start + d)] : []),
      own,
      ...(d < size - 1 ? [zeros] : []),
    ]);
  });
}

/** mean + rows · z. */
const placed = ({ mean, rows }: Joint, z: Tensor): Tensor =>
  add(mean, concat(rows.map((row) => sum(mul(row, z), [-1], { keepDims: true }))));

/** A matrix `[..., D, D]` times a vector `[..., D]`. */
const product = (matrix: Tensor, vector: Tensor): Tensor => sum(mul(matrix, unsqueeze(vector, -2)), [-1]);

/**
 * Takes the entries of a row one after the other: log p(x_d | what was seen before it) `[..., D]`, and what is known of z in the
 * end. With the covariance S·Sᵀ of z and the row l of an entry, a = Sᵀl has the length of its scale, and once it was seen S
 * loses the direction of a: no variances are subtracted, so entries that are nearly told by others keep their digits.
 */
function chained({ mean, rows }: Joint, x: Tensor, seen: Tensor): { logDensity: Tensor; known: Known } {
  let known: Known = {
    mean: filledLike({ dtype: x.dtype, shape: [rows.length] }, 0),
    spread: identity(rows.length),
  };
  const nats = rows.map((row, d) => {
    const own = (of: Tensor) => slice(of, of.rank - 1, d, d + 1); // [..., 1]
    const along = sum(mul(unsqueeze(row, -1), known.spread), [-2]); // [..., D]
    const scale = sqrt(sum(square(along), [-1], { keepDims: true })); // [..., 1]
    const expected = add(own(mean), sum(mul(row, known.mean), [-1], { keepDims: true }));
    const nat = normalLogDensity(own(x), expected, scale);
    known = told(known, div(along, scale), div(sub(own(x), expected), scale), own(seen));
    return nat;
  });
  return { logDensity: concat(nats), known };
}

/** What is known of z once an entry was seen, where it was. @param unit `[..., D]`: a, of length 1 @param off `[..., 1]`: how far it was off, in its scale */
function told({ mean, spread }: Known, unit: Tensor, off: Tensor, seen: Tensor): Known {
  const gain = product(spread, unit); // [..., D]
  const lost = mul(unsqueeze(gain, -1), unsqueeze(unit, -2)); // [..., D, D]
  return {
    mean: add(mean, where(seen, mul(gain, off), 0)),
    spread: sub(spread, where(unsqueeze(seen, -1), lost, 0)),
  };
}

const identity = (size: number): Tensor =>
  constant(
    Array.from({ length: size ** 2 }, (_, i) => (i % (size + 1) === 0 ? 1 : 0)),
    [size, size],
  );
