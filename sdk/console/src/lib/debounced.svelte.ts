/** Returns a value once it has not changed for a moment. Call it while a component is made. */
export function debounced<T>(value: () => T, pauseMs: number): { readonly current: T } {
  let current = $state.raw(value());
  $effect(() => {
    const next = value();
    const timer = setTimeout(() => {
      current = next;
    }, pauseMs);
    return () => clearTimeout(timer);
  });
  return {
    get current() {
      return current;
    },
  };
}
