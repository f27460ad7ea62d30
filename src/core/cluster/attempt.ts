/** A synchronous answer, or failure, as a promise: the port is asynchronous, the core is not. */
export function attempt<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}
