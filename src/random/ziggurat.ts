/** What a sampler draws from: 32 random bits, or a number in [0, 1). */
export interface BitSource {
  word(): number;
  uniform(): number;
}

const LAYERS = 256;
/** Where the tail begins, and the area of each layer, for 256 layers (Doornik 2005). */
const TAIL = 3.6541528853610088;
const AREA = 0.00492867323399;
const TWO_TO_MINUS_23 = 2 ** -23;
const REJECTED = Number.POSITIVE_INFINITY;

/** `EDGES[i]` is the half-width of layer i, widest first; layer 0 stands for the tail too. [LAYERS + 1] */
const EDGES = layerEdges();
const SCALES = EDGES.map((edge) => edge * TWO_TO_MINUS_23);
const HEIGHTS = EDGES.map(density);

/**
 * A draw from the standard normal distribution by the ziggurat method. A word gives eight bits for the layer and 24,
 * distinct ones, for the place in it; 99 of 100 draws need no more than that word.
 *
 * Source: Marsaglia and Tsang 2000, *The ziggurat method for generating random variables*, with the separate bits of
 * Doornik 2005, *An improved ziggurat method to generate normal random samples*.
 */
export function drawNormal(source: BitSource): number {
  for (;;) {
    const word = source.word();
    const layer = word & (LAYERS - 1);
    const x = placeInLayer(word, layer);
    if (Math.abs(x) < EDGES[layer + 1]!) return x;
    const settled = settle(source, x, layer);
    if (settled !== REJECTED) return settled;
  }
}

/** From minus to plus the layer's half-width, at either side of 0 alike, by the 24 bits that do not choose the layer. */
function placeInLayer(word: number, layer: number): number {
  return ((word >> 8) + 0.5) * SCALES[layer]!;
}

/** Settles a place that the curve may cut off: in the tail, or in the rim of a layer, where it may be `REJECTED`. */
function settle(source: BitSource, x: number, layer: number): number {
  if (layer === 0) return Math.sign(x) * drawTail(source);
  return isUnderCurve(x, layer, source.uniform()) ? x : REJECTED;
}

/** The point at relative height `u` of the layer's rim, between the widths of this layer and the next. */
function isUnderCurve(x: number, layer: number, u: number): boolean {
  const bottom = HEIGHTS[layer]!;
  return bottom + u * (HEIGHTS[layer + 1]! - bottom) < density(x);
}

/** Marsaglia 1964: the normal distribution beyond `TAIL`. */
function drawTail(source: BitSource): number {
  for (;;) {
    const x = -Math.log(1 - source.uniform()) / TAIL;
    const y = -Math.log(1 - source.uniform());
    if (2 * y > x * x) return TAIL + x;
  }
}

function density(x: number): number {
  return Math.exp(-0.5 * x * x);
}

/** Rounded to float32, so that engines whose `exp` or `log` differ in the last bit still agree on the table. */
function layerEdges(): Float64Array {
  const edges = new Float64Array(LAYERS + 1); // the last stays 0: the peak
  let edge = TAIL;
  edges[0] = Math.fround(AREA / density(TAIL));
  for (let layer = 1; layer < LAYERS; layer++) {
    edges[layer] = Math.fround(edge);
    edge = Math.sqrt(-2 * Math.log(density(edge) + AREA / edge));
  }
  return edges;
}
