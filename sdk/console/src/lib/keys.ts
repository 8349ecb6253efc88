// Keys without modifiers. None works while a reader types or a dialog is open.

type Handler = () => void;

const handlers = new Map<string, Handler[]>();

/** The first key of a sequence such as `g l`, for a moment. */
let first = "";
let timer: ReturnType<typeof setTimeout> | undefined;
const SEQUENCE_MS = 1_200;

/** Binds keys while a component lives: call it within `$effect`, which calls what it returns. */
export function bindKeys(bindings: Readonly<Record<string, Handler>>): () => void {
  for (const [key, handler] of Object.entries(bindings)) {
    handlers.set(key, [...(handlers.get(key) ?? []), handler]);
  }
  return () => {
    for (const [key, handler] of Object.entries(bindings)) {
      handlers.set(
        key,
        (handlers.get(key) ?? []).filter((other) => other !== handler),
      );
    }
  };
}

function isTyping(event: KeyboardEvent): boolean {
  const target = event.target;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest("input, textarea, select, [role=combobox], [role=menu]") !== null)
  );
}

function run(key: string): boolean {
  const handler = handlers.get(key)?.at(-1);
  handler?.();
  return handler !== undefined;
}

export function startKeys(): void {
  window.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      run("palette");
      return;
    }
    const isOpen = document.querySelector("[role=dialog]") !== null;
    if (
      event.metaKey ||
      event.ctrlKey ||
      event.altKey ||
      event.defaultPrevented ||
      isTyping(event) ||
      isOpen
    ) {
      return;
    }
    const isButton = event.target instanceof Element && event.target.closest("a, button") !== null;
    if (event.key === "Enter" && isButton) {
      return;
    }
    const sequence = first === "" ? event.key : `${first} ${event.key}`;
    clearTimeout(timer);
    first = "";
    if (run(sequence)) {
      event.preventDefault();
    } else if (sequence === "g") {
      first = "g";
      timer = setTimeout(() => {
        first = "";
      }, SEQUENCE_MS);
    }
  });
}
