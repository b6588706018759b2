/** A value with a gradient of one's own. */
import { broadcast, describeType, sameShape } from "../dims.ts";
import { GraphError } from "../error.ts";
import { apply1, defineOp, type Op, type Tensor } from "../tensor.ts";
import { mul, sameDType } from "./algebra.ts";

const slopeOp: Op = defineOp<unknown, 3>({
  name: "withSlope",
  infer: (inputs) => {
    const [value, x, slope] = inputs;
    sameDType(inputs);
    if (!sameShape(slope.shape, x.shape) || !sameShape(broadcast(value.shape, x.shape), x.shape))
      throw new GraphError(`a slope ${describeType(slope)} of ${describeType(value)} by ${describeType(x)}`);
    return [value];
  },
  gradient: ({ inputs: [, , slope], cotangent }) => [undefined, mul(cotangent, slope), undefined],
  lower: ({ inputs, alias }) => alias(0, inputs[0]),
});

/**
 * `value`, whose gradient with respect to x is known: its cotangent times `slope`, whatever the value was computed from. No
 * other gradient flows.
 *
 * @param value what broadcasts to x: an entry depends on those entries of x alone that it would be repeated over
 * @param slope of the shape of x
 * @throws GraphError when the shapes do not fit.
 * @example
 * withSlope(stopGradient(norm), x, div(x, norm)) // norm [B, 1] of the rows of x [B, D]
 */
export const withSlope = (value: Tensor, x: Tensor, slope: Tensor): Tensor =>
  apply1(slopeOp, [value, x, slope]);
