import { add } from "../graph/ops/algebra.ts";
import type { Scope, Tensor } from "../graph/tensor.ts";
import type { Activity } from "./activity.ts";

/** Cotangents that have reached tensors so far; several for one tensor add up. */
export class Cotangents {
  private readonly sums = new Map<Tensor, Tensor>();

  of(tensor: Tensor): Tensor | undefined {
    return this.sums.get(tensor);
  }

  receive(tensor: Tensor, cotangent: Tensor): void {
    const present = this.sums.get(tensor);
    this.sums.set(tensor, present === undefined ? cotangent : add(present, cotangent));
  }
}

/** Sends cotangents backwards through the nodes of one scope; what lies outside it is a leaf. */
export type Backpropagate = (
  seeds: readonly (readonly [Tensor, Tensor])[],
  activity: Activity,
  scope: Scope,
) => Cotangents;
