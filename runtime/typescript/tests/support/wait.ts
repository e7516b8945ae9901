/** Resolves once this holds, which is looked at once a turn of the loop. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What a figure is once it does not change any more: everybody waits for somebody. */
export async function settled(figure: () => number): Promise<number> {
  let last = figure();
  for (let same = 0; same < 200; ) {
    await new Promise((resolve) => setImmediate(resolve));
    const now = figure();
    same = now === last ? same + 1 : 0;
    last = now;
  }
  return last;
}

/** A promise that is resolved from elsewhere. */
export function gate<T = void>(): { readonly opened: Promise<T>; open(value: T): void } {
  let open: (value: T) => void = () => {};
  const opened = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { opened, open: (value) => open(value) };
}
