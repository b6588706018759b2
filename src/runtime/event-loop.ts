/**
 * Lets the event loop go once around: signals, messages and timers that are due come first. (A timer would do the same a
 * millisecond later, in browsers four, which is as long as the steps of a small model take.)
 */
export const nextTurn = (): Promise<void> =>
  typeof setImmediate === "function" ? new Promise((resolve) => setImmediate(resolve)) : nextMessage();

/** Where there is no `setImmediate`, which is in browsers. */
function nextMessage(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
