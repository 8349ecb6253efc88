// How far a reader has come with the first run, kept in this browser. What counts is asked of the server.

export interface Progress {
  codeId: string;
  linkId: string;
  isPasted: boolean;
}

const NAME = "s2s.start";
const NONE: Progress = { codeId: "", linkId: "", isPasted: false };

function load(): Progress {
  try {
    return { ...NONE, ...(JSON.parse(window.localStorage.getItem(NAME) ?? "{}") as Partial<Progress>) };
  } catch {
    return { ...NONE };
  }
}

const progress = $state(load());

export function noteProgress(change: Partial<Progress>): void {
  Object.assign(progress, change);
  window.localStorage.setItem(NAME, JSON.stringify(progress));
}

export const startAgain = (): void => noteProgress(NONE);

export default progress as Readonly<Progress>;
