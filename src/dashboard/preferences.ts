/**
 * What a person likes, kept by the browser; and the token, for as long as the tab is there.
 *
 * @module
 */
import { Observable } from "./observable.ts";

/** Each preference, with what it can be; the first is where nothing was chosen. */
const CHOICES = {
  theme: ["system", "light", "dark"],
  zone: ["local", "utc"],
  times: ["absolute", "relative"],
  lines: ["one", "wrap"],
} as const;

type Name = keyof typeof CHOICES;

/** What each is. */
export type Preferences = { readonly [K in Name]: typeof CHOICES[K][number] };

const TOKEN = "lms.token";

/** Preferences and the token. A browser that keeps nothing is taken as it is. */
export class Kept {
  readonly preferences: Observable<Preferences>;
  readonly token: Observable<string | undefined>;

  constructor() {
    const names = Object.keys(CHOICES) as Name[];
    const read = (name: Name) => {
      const kept = quietly(() => localStorage.getItem(`lms.${name}`));
      return [name, (CHOICES[name] as readonly string[]).find((one) => one === kept) ?? CHOICES[name][0]];
    };
    this.preferences = new Observable(Object.fromEntries(names.map(read)) as unknown as Preferences);
    this.token = new Observable(quietly(() => sessionStorage.getItem(TOKEN)) ?? undefined);
    this.#applyTheme();
  }

  /** Takes the next choice of one. */
  turn(name: Name): void {
    const choices = CHOICES[name] as readonly string[];
    const next = choices[(choices.indexOf(this.preferences.value[name]) + 1) % choices.length]!;
    this.preferences.set({ ...this.preferences.value, [name]: next });
    quietly(() => localStorage.setItem(`lms.${name}`, next));
    this.#applyTheme();
  }

  /** Keeps a token for the session. */
  setToken(token: string | undefined): void {
    this.token.set(token);
    quietly(() => token === undefined ? sessionStorage.removeItem(TOKEN) : sessionStorage.setItem(TOKEN, token));
  }

  #applyTheme(): void {
    const { theme } = this.preferences.value;
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }
}

function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
