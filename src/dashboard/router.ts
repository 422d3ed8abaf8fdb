/**
 * Which view is shown, as the address says it. Every view is a path beside the others, so that relative URLs hold under
 * whatever base path the server has.
 *
 * @module
 */
import { type View, VIEWS } from "../http/page/views.ts";
import { Observable } from "./observable.ts";

/** What a view is asked to show, in strings as they stand in the address; what is empty or absent is left out. */
export type Parameters = Readonly<Record<string, string | undefined>>;

/** A place that the page can be at. */
export interface Place {
  readonly view: View;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The page's address, which it reads and writes. */
export class Router {
  readonly place: Observable<Place>;
  readonly #base: string;

  constructor() {
    this.#base = location.pathname.replace(/[^/]*$/, "");
    this.place = new Observable(placeOf(location));
    addEventListener("popstate", () => this.place.set(placeOf(location)));
  }

  /** Whether going back stays in the page. */
  get hasBefore(): boolean {
    return typeof history.state?.depth === "number" && history.state.depth > 0;
  }

  /** A place's address, for links. */
  href(view: View, parameters: Parameters = {}): string {
    return `${this.#base}${hrefOf(view, parameters)}`;
  }

  /** The whole address, for other people. */
  url(view: View, parameters: Parameters = {}): string {
    return `${location.origin}${this.href(view, parameters)}`;
  }

  /** Goes there. @param options.replace In place of the entry in the history. */
  go(view: View, parameters: Parameters = {}, { replace = false }: { readonly replace?: boolean } = {}): void {
    const depth = Number(history.state?.depth ?? 0);
    const href = this.href(view, parameters);
    if (replace) history.replaceState({ depth }, "", href);
    else history.pushState({ depth: depth + 1 }, "", href);
    this.place.set(placeOf(location));
  }

  /** Changes some parameters of the view that is shown; an empty one goes. */
  change(parameters: Parameters, options: { readonly replace?: boolean } = {}): void {
    const { view, parameters: now } = this.place.value;
    this.go(view, { ...now, ...parameters }, options);
  }

  back(): void {
    history.back();
  }
}

/** An address below the base path. */
export function hrefOf(view: View, parameters: Parameters): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== "") search.set(name, value);
  }
  const text = search.toString();
  return text === "" ? view : `${view}?${text}`;
}

/** The place that an address names; an unknown one is the first view. */
export function placeOf({ pathname, search }: { readonly pathname: string; readonly search: string }): Place {
  const name = pathname.slice(pathname.lastIndexOf("/") + 1);
  const view = VIEWS.find((one) => one === name) ?? VIEWS[0];
  return { view, parameters: Object.fromEntries(new URLSearchParams(search)) };
}
