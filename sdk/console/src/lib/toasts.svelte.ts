// Short messages at the edge of the page.

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: "success" | "danger";
}

const SHOWN_MS = 5_000;

let next = 0;
let shown = $state<Toast[]>([]);

export const toasts = {
  get shown(): readonly Toast[] {
    return shown;
  },
  show(text: string, tone: Toast["tone"] = "success"): void {
    const id = next++;
    shown = [...shown.slice(-2), { id, text, tone }];
    setTimeout(() => toasts.close(id), SHOWN_MS);
  },
  close(id: number): void {
    shown = shown.filter((toast) => toast.id !== id);
  },
};
