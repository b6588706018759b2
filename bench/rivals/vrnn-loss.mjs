/** The loss of loads/vrnn.mjs with everything observed, the natural loop in the words that libraries for JavaScript share. */

/**
 * @param ops the library's operations on its tensors
 * @param config the sizes of the load
 * @param p weights by name
 * @param batch x and noise, a tensor for each step, and center
 */
export function lossOf(ops, { hidden, latent, batch, steps }, p, { xs, noises, center }) {
  const { add, sub, mul, div, matmul, square, log, relu, sigmoid, tanh, abs, neg, sum, split, zeros } = ops;
  const softplus = (v) => log(add(ops.exp(v), 1));
  const scaleOf = (v) => add(softplus(v), 1e-4);
  const halves = (v) => split(v, [latent, latent]);
  const linear = (name, parts, bias = name) =>
    Object.entries(parts).reduce(
      (all, [part, value]) =>
        add(all, matmul(value, p[part === "" ? `${name}.weight` : `${name}.${part}.weight`])),
      p[`${bias}.bias`],
    );
  let h = zeros([batch, hidden]);
  let loss = zeros([]);
  for (const [t, x] of xs.entries()) {
    const phiX = relu(linear("phi_x", { "": sub(x, center) }));
    const [mean0, raw0] = halves(linear("prior.out", { "": relu(linear("prior.hidden", { "": h })) }));
    const posterior = relu(linear("posterior.hidden", { x: phiX, h }));
    const [difference, raw] = halves(linear("posterior.out", { "": posterior }));
    const [scale0, scale] = [scaleOf(raw0), scaleOf(raw)];
    const z = add(add(mean0, difference), mul(scale, noises[t]));
    const phiZ = relu(linear("phi_z", { "": z }));
    const logits = linear("emission", { "": relu(linear("decoder.hidden", { z: phiZ, h })) });
    const likelihood = add(sub(relu(logits), mul(logits, x)), softplus(neg(abs(logits))));
    const ratio = div(scale, scale0);
    const spread = add(square(ratio), square(div(difference, scale0)));
    const kl = sub(mul(sub(spread, 1), 0.5), log(ratio));
    loss = add(loss, add(sum(likelihood), sum(kl)));
    h = gru(linear("cell", { x: phiX, z: phiZ }, "cell.x"), linear("cell", { h }, "cell.h"), h);
  }
  return div(loss, steps * batch);

  function gru(fromInputs, fromState, before) {
    const widths = [hidden, hidden, hidden];
    const [xReset, xUpdate, xCandidate] = split(fromInputs, widths);
    const [hReset, hUpdate, hCandidate] = split(fromState, widths);
    const [reset, update] = [sigmoid(add(xReset, hReset)), sigmoid(add(xUpdate, hUpdate))];
    const candidate = tanh(add(xCandidate, mul(reset, hCandidate)));
    return add(candidate, mul(update, sub(before, candidate)));
  }
}
