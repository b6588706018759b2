/** Graphs as text: a line for each value, in the order in which they can be computed. */
import { type ConstantAttributes, constantOp, parameterOp } from "./ops/leaves.ts";
import { carriedBy, isScan, type ScanNode, slicedBy } from "./scan.ts";
import { type Node, rootScope, type Tensor } from "./tensor.ts";
import { bodyNodes, nodesBelow } from "./traverse.ts";

/**
 * A graph as text for people to read: every value with its type and how it is computed, loops with their bodies
 * indented. Equal graphs give equal text.
 *
 * @example
 * const x = input("x", ["T", 3]);
 * printGraph([sum(mul(x, 2), [1])]);
 * // x: float32[T, 3] = input
 * // %0: float32[T, 3] = mul(x, 2)
 * // %1: float32[T] = sum(%0) axes=[1] keepDims=false
 * // return %1
 */
export function printGraph(outputs: readonly Tensor[]): string {
  const printer = new Printer();
  printer.nodes(nodesBelow(outputs, rootScope), "");
  printer.line("", `return ${printer.namesOf(outputs)}`);
  return printer.text();
}

/** Longer lists are cut. */
const mostValues = 8;

class Printer {
  private readonly lines: string[] = [];
  private readonly names = new Map<Tensor, string>();
  private count = 0;

  text(): string {
    return `${this.lines.join("\n")}\n`;
  }

  line(indent: string, text: string): void {
    this.lines.push(indent + text);
  }

  nodes(nodes: readonly Node[], indent: string): void {
    for (const node of nodes) {
      if (isScan(node)) this.scan(node, indent);
      else if (node.op !== parameterOp && !isShort(node)) this.node(node, indent);
    }
  }

  private node(node: Node, indent: string): void {
    const call = node.inputs.length === 0 ? node.op.name : `${node.op.name}(${this.namesOf(node.inputs)})`;
    this.line(indent, [`${this.typed(node.outputs)} =`, call, ...attributesOf(node)].join(" "));
  }

  /** `carry`: the state with its beginning; `slice`: a step's part of a sequence; `next` and `collect`: what comes out. */
  private scan(node: ScanNode, indent: string): void {
    const { body } = node.attrs;
    const inner = `${indent}  `;
    this.line(indent, `${this.typed(node.outputs)} = scan${body.reverse ? " backwards" : ""} {`);
    for (const { carry, init } of carriedBy(node))
      this.line(inner, `carry ${this.typed([carry])} = ${this.nameOf(init)}`);
    for (const { slice, sequence } of slicedBy(node))
      this.line(inner, `slice ${this.typed([slice])} = ${this.nameOf(sequence)}`);
    this.nodes(bodyNodes(body), inner);
    if (body.next.length > 0) this.line(inner, `next ${this.namesOf(body.next)}`);
    if (body.ys.length > 0) this.line(inner, `collect ${this.namesOf(body.ys)}`);
    this.line(indent, "}");
  }

  private typed(tensors: readonly Tensor[]): string {
    return tensors.map((tensor) => `${this.nameOf(tensor)}: ${tensor}`).join(", ");
  }

  namesOf(tensors: readonly Tensor[]): string {
    return tensors.map((tensor) => this.nameOf(tensor)).join(", ");
  }

  private nameOf(tensor: Tensor): string {
    const name = this.names.get(tensor) ?? this.newName(tensor);
    this.names.set(tensor, name);
    return name;
  }

  private newName({ node }: Tensor): string {
    if (isShort(node)) return valuesOf(node);
    const { name } = node.attrs;
    return typeof name === "string" ? name : `%${this.count++}`;
  }
}

/** A constant that is written where it is used. */
const isShort = ({ op, attrs }: Node): boolean =>
  op === constantOp && (attrs as unknown as ConstantAttributes).values.length === 1;

function valuesOf(node: Node): string {
  const { values } = node.attrs as unknown as ConstantAttributes;
  return (
    Array.from(values.slice(0, mostValues), String).join(", ") + (values.length > mostValues ? ", ..." : "")
  );
}

/** `axis=1 sizes=[2, 3]`; the name and the type of a leaf stand on its left already. */
function attributesOf(node: Node): readonly string[] {
  if (node.op === constantOp) return [`[${valuesOf(node)}]`];
  return Object.entries(node.attrs)
    .filter(([name, value]) => name !== "name" && name !== "type" && value !== undefined)
    .map(([name, value]) => `${name}=${Array.isArray(value) ? `[${value.join(", ")}]` : String(value)}`);
}
