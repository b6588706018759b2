/** Arrays of bytes in numpy's `.npy` format. */

/** The header fills whole lines of 64 bytes, as numpy's do. */
const LINE = 64;

/**
 * An array of bytes, row-major, as `numpy.load` reads it.
 *
 * @example
 * bytesToNpy(frames, [4, 16, 28, 28]); // "\x93NUMPY...{'descr': '|u1', 'fortran_order': False, 'shape': (4, 16, 28, 28)}..."
 */
export function bytesToNpy(values: Uint8Array, shape: readonly number[]): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': (${sizes}), }`;
  const start = Math.ceil((10 + header.length + 1) / LINE) * LINE;
  const bytes = new Uint8Array(start + values.length);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0]);
  new DataView(bytes.buffer).setUint16(8, start - 10, true);
  bytes.set(new TextEncoder().encode(`${header.padEnd(start - 11)}\n`), 10);
  bytes.set(values, start);
  return bytes;
}
