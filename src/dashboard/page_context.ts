/**
 * What every part of the page works with.
 *
 * @module
 */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Client } from "./api/client.ts";
import type { Failure } from "./api/failure.ts";
import { type Observable, useObservable } from "./observable.ts";
import type { Kept, Preferences } from "./preferences.ts";
import type { Parameters, Place, Router } from "./router.ts";

/** A question that a person answers before something happens. */
export interface Question {
  readonly title: string;
  /** What will happen, a sentence each. */
  readonly lines: readonly string[];
  readonly yes: string;
  readonly onYes: () => void;
}

/** The page's parts. */
export interface PageParts {
  readonly client: Client;
  readonly router: Router;
  readonly kept: Kept;
  /** Why a token is asked for; `undefined`: it is not. */
  readonly tokenWanted: Observable<Failure | undefined>;
  readonly question: Observable<Question | undefined>;
  /** What was done, for a moment. */
  readonly notice: Observable<string>;
  /** Grows every second while the page is seen: what is relative is drawn again. */
  readonly seconds: Observable<number>;
  readonly help: Observable<boolean>;
}

/** Provides them. */
export const PageContext = createContext<PageParts | undefined>(undefined);

/** The page's parts. */
export function usePage(): PageParts {
  const parts = useContext(PageContext);
  if (parts === undefined) throw new TypeError("There is no page around this part");
  return parts;
}

/** Where the page is. */
export function usePlace(): Place {
  return useObservable(usePage().router.place);
}

/** What the person likes. */
export function usePreferences(): Preferences {
  return useObservable(usePage().kept.preferences);
}

/** The view's parameters, and how to change some. */
export function useParameters(): readonly [
  Readonly<Record<string, string>>,
  (parameters: Parameters, options?: { readonly replace?: boolean }) => void,
] {
  const { router } = usePage();
  const { parameters } = usePlace();
  return [parameters, (changed, options) => router.change(changed, options)];
}
