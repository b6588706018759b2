import { parameter, parameterOp } from "./ops/leaves.ts";
import { addScan, type Body, collectedBy, inside, isScan, newScope, type ScanNode } from "./scan.ts";
import { apply, type Node, rootScope, type Tensor } from "./tensor.ts";
import { nodesBelow } from "./traverse.ts";

/** Says what a tensor becomes, where that is known without rebuilding its node. */
export type Resolve = (tensor: Tensor) => Tensor | undefined;

/** Says what the outputs of a node become, given its inputs already rebuilt; undefined: the same op again. */
export type Rule = (node: Node, inputs: readonly Tensor[]) => readonly Tensor[] | undefined;

export interface RebuildOptions {
  readonly resolve?: Resolve;
  readonly rule?: Rule;
  /** Called with each rebuilt scan, and what it is a copy of; may answer other tensors in place of its outputs. */
  readonly scanRule?: (scan: ScanNode, old: ScanNode) => readonly Tensor[];
  /** Which collected values of a scan to keep; all unless said. */
  readonly keepStack?: (output: Tensor) => boolean;
}

/** Copies a graph, changing it on the way. Leaves (inputs, constants) stay the same objects. */
export class Rebuilder {
  private readonly known = new Map<Tensor, Tensor>();
  private readonly options: RebuildOptions;

  constructor(options: RebuildOptions) {
    this.options = options;
  }

  all(tensors: readonly Tensor[]): readonly Tensor[] {
    // Dependencies first, so that a deep graph does not become deep recursion.
    for (const node of nodesBelow(tensors, rootScope)) this.get(node.output);
    return tensors.map((tensor) => this.get(tensor));
  }

  get(tensor: Tensor): Tensor {
    const known = this.known.get(tensor) ?? this.options.resolve?.(tensor);
    if (known !== undefined) {
      this.known.set(tensor, known);
      return known;
    }
    const { node } = tensor;
    if (node.inputs.length === 0 && node.op !== parameterOp && !isScan(node)) return tensor;
    const outputs = isScan(node) ? this.scan(node) : this.plain(node);
    node.outputs.forEach((old, i) => {
      if (outputs[i] !== undefined) this.known.set(old, outputs[i]);
    });
    return this.known.get(tensor) as Tensor;
  }

  private plain(node: Node): readonly Tensor[] {
    const inputs = node.inputs.map((each) => this.get(each));
    return this.options.rule?.(node, inputs) ?? apply(node.op, inputs, node.attrs);
  }

  /** Outputs in the old places; those that are not kept stay undefined. */
  private scan(node: ScanNode): readonly Tensor[] {
    const { body } = node.attrs;
    const inputs = node.inputs.map((each) => this.get(each));
    const carry = body.carry.length;
    const kept = collectedBy(node).filter(({ output }) => this.options.keepStack?.(output) ?? true);
    const copy = addScan(
      inputs.slice(0, carry),
      inputs.slice(carry),
      this.body(
        body,
        kept.map(({ inner }) => inner),
      ),
    );
    const outputs = this.options.scanRule?.(copy, node) ?? copy.outputs;
    const placed: Tensor[] = outputs.slice(0, carry);
    kept.forEach(({ output }, i) => {
      placed[output.index] = outputs[carry + i]!;
    });
    return placed;
  }

  private body(body: Body, ys: readonly Tensor[]): Body {
    const scope = newScope();
    const renew = (old: Tensor): Tensor => {
      const fresh = parameter(old, scope);
      this.known.set(old, fresh);
      return fresh;
    };
    const [carry, xs] = [body.carry.map(renew), body.xs.map(renew)];
    return inside(scope, () => ({
      scope,
      carry,
      xs,
      next: body.next.map((each) => this.get(each)),
      ys: ys.map((each) => this.get(each)),
      reverse: body.reverse,
    }));
  }
}
