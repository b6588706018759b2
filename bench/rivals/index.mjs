/** Who else can take a training step: each starts, or says why it is left out. */
import { PyTorch } from "./pytorch.mjs";

export const rivals = { pytorch: PyTorch };
