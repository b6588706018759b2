const CHUNK = 4096;

/** Bytes as text that may stand in a `data:` address. @example base64(Uint8Array.of(1, 2, 3)) // "AQID" */
export function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK)
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(text);
}
