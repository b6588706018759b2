/** Recurrent cells: pure functions of a step's inputs and state. `scan` owns time. */
import { add, addAll, matmul, mul, sigmoid, split, sub, type Tensor, tanh } from "../graph/index.ts";
import { LayerNorm } from "./layer-norm.ts";
import type { Net } from "./net.ts";
import { type Parameter, type Sizes, uniformOver } from "./parameters.ts";
import { part } from "./parts.ts";

/** A state by its parts, `[B, size]` each. */
export type State = Readonly<Record<string, Tensor>>;

/** A recurrent cell: what it remembers and how one step changes it. */
export interface Cell {
  readonly parameters: readonly Parameter[];
  /** The width of each part of the state; `h` is the part that others see. */
  readonly stateSizes: Sizes;
  /** The state after a step. @param inputs `[B, size]` each @param state `[B, size]` each */
  step(net: Net, inputs: Readonly<Record<string, Tensor>>, state: State): State;
}

/** `<name>.<input>.weight`, `<name>.x.bias` for what comes from outside, `<name>.h.weight`, `<name>.h.bias` for the state. */
function gateParameters(name: string, inputs: Sizes, hidden: number, gates: number): readonly Parameter[] {
  const initialise = uniformOver(hidden);
  const weight = (input: string, size: number) => ({
    name: `${name}.${input}.weight`,
    shape: [size, gates * hidden],
    initialise,
  });
  const bias = (side: string) => ({ name: `${name}.${side}.bias`, shape: [gates * hidden], initialise });
  return [
    ...Object.entries(inputs).map(([input, size]) => weight(input, size)),
    bias("x"),
    weight("h", hidden),
    bias("h"),
  ];
}

interface Gates {
  /** How many gates, the candidate among them. */
  readonly gates: number;
  /** The parts of the state. */
  readonly state: readonly string[];
  /** What layer normalisation acts on, with its width in units of the hidden size. */
  readonly norms: Readonly<Record<string, number>>;
}

/** What cells with gates share: a name, a width, the parameters of their gates, and normalisation where asked. */
abstract class GatedCell implements Cell {
  readonly parameters: readonly Parameter[];
  readonly stateSizes: Sizes;
  protected readonly name: string;
  protected readonly hidden: number;
  private readonly norms: Readonly<Record<string, LayerNorm>>;

  constructor(
    name: string,
    inputs: Sizes,
    hidden: number,
    layerNorm: boolean,
    { gates, state, norms }: Gates,
  ) {
    this.name = name;
    this.hidden = hidden;
    const normed = layerNorm ? Object.entries(norms) : [];
    this.norms = Object.fromEntries(
      normed.map(([site, width]) => [site, new LayerNorm(`${name}.norm.${site}`, width * hidden)]),
    );
    this.parameters = [
      ...gateParameters(name, inputs, hidden, gates),
      ...Object.values(this.norms).flatMap(({ parameters }) => parameters),
    ];
    this.stateSizes = Object.fromEntries(state.map((part) => [part, hidden]));
  }

  /** Σ xᵢ·Wᵢ + b. */
  protected fromInputs(net: Net, inputs: Readonly<Record<string, Tensor>>): Tensor {
    const products = Object.entries(inputs).map(([input, x]) =>
      matmul(x, net.weight(`${this.name}.${input}.weight`)),
    );
    return addAll([...products, net.weight(`${this.name}.x.bias`)]);
  }

  protected fromState(net: Net, h: Tensor): Tensor {
    return add(matmul(h, net.weight(`${this.name}.h.weight`)), net.weight(`${this.name}.h.bias`));
  }

  /** Layer normalisation at a site, where the cell has it. */
  protected normalised(site: string, net: Net, x: Tensor): Tensor {
    return this.norms[site]?.apply(net, x) ?? x;
  }

  abstract step(net: Net, inputs: Readonly<Record<string, Tensor>>, state: State): State;
}

/**
 * The gated recurrent unit (Cho et al. 2014) with the reset gate behind the product, as cuDNN and PyTorch have it:
 * r = σ(xWᵣ + hUᵣ), u = σ(xWᵤ + hUᵤ), n = tanh(xWₙ + r∘(hUₙ)), h' = (1 − u)∘n + u∘h.
 * With layer normalisation the products of x and of h are each normalised, gates and candidate apart (Ba et al. 2016,
 * supplement, eq. 25 to 27).
 */
export class GRU extends GatedCell {
  constructor(name: string, inputs: Sizes, hidden: number, layerNorm = false) {
    const norms = { "x.gates": 2, "x.candidate": 1, "h.gates": 2, "h.candidate": 1 };
    super(name, inputs, hidden, layerNorm, { gates: 3, state: ["h"], norms });
  }

  /** The state after a step. @param inputs `[B, size]` each @param state `[B, H]` each */
  override step(net: Net, inputs: Readonly<Record<string, Tensor>>, state: State): State {
    const { hidden } = this;
    const h = part(state, "h"); // [B, H]
    const [xGates, xCandidate] = this.parts("x", net, this.fromInputs(net, inputs)); // [B, 2H], [B, H]
    const [hGates, hCandidate] = this.parts("h", net, this.fromState(net, h)); // [B, 2H], [B, H]
    const [reset, update] = split(sigmoid(add(xGates, hGates)), [hidden, hidden]) as [Tensor, Tensor]; // [B, H]
    const candidate = tanh(add(xCandidate, mul(reset, hCandidate))); // [B, H]
    return { h: add(candidate, mul(update, sub(h, candidate))) }; // [B, H]
  }

  /** The gates `[B, 2H]` and the candidate `[B, H]` of one side. */
  private parts(side: "x" | "h", net: Net, sums: Tensor): readonly [gates: Tensor, candidate: Tensor] {
    const [gates, candidate] = split(sums, [2 * this.hidden, this.hidden]) as [Tensor, Tensor];
    return [
      this.normalised(`${side}.gates`, net, gates),
      this.normalised(`${side}.candidate`, net, candidate),
    ];
  }
}

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997; gates as in PyTorch, in the order i, f, g, o):
 * c' = σ(f)∘c + σ(i)∘tanh(g), h' = σ(o)∘tanh(c').
 * With layer normalisation the products of x, the products of h and the memory are each normalised (Ba et al. 2016,
 * eq. 20 to 22).
 */
export class LSTM extends GatedCell {
  constructor(name: string, inputs: Sizes, hidden: number, layerNorm = false) {
    super(name, inputs, hidden, layerNorm, { gates: 4, state: ["h", "c"], norms: { x: 4, h: 4, c: 1 } });
  }

  /** The state after a step. @param inputs `[B, size]` each @param state `[B, H]` each */
  override step(net: Net, inputs: Readonly<Record<string, Tensor>>, state: State): State {
    const { hidden } = this;
    const [h, c] = [part(state, "h"), part(state, "c")]; // [B, H]
    const fromInputs = this.normalised("x", net, this.fromInputs(net, inputs)); // [B, 4H]
    const fromState = this.normalised("h", net, this.fromState(net, h)); // [B, 4H]
    const [inputForget, candidate, output] = split(add(fromInputs, fromState), [
      2 * hidden,
      hidden,
      hidden,
    ]) as [Tensor, Tensor, Tensor];
    const [admit, keep] = split(sigmoid(inputForget), [hidden, hidden]) as [Tensor, Tensor]; // [B, H]
    const memory = add(mul(keep, c), mul(admit, tanh(candidate))); // [B, H]
    return { h: mul(sigmoid(output), tanh(this.normalised("c", net, memory))), c: memory };
  }
}

type CellMaker = (name: string, inputs: Sizes, hidden: number, layerNorm?: boolean) => Cell;

/** Every cell by its name on the command line. */
export const cells = {
  gru: (...sizes) => new GRU(...sizes),
  lstm: (...sizes) => new LSTM(...sizes),
} as const satisfies Record<string, CellMaker>;

/** The name of a cell. */
export type CellName = keyof typeof cells;
