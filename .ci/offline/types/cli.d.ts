// Types of @std/cli/parse-args for machines that get the JavaScript from npm.
// Covers flat (undotted) names with string, boolean, collect, negatable, alias, default and "--".
type Names<T> = T extends readonly (infer N extends string)[] ? N : T extends string ? T : never;
type List = string | readonly string[];
type Flatten<T> = { [K in keyof T]: T[K] };

/** name -> value type, before aliases and defaults */
type Base<B, S, C, N> =
  & { [K in Exclude<Names<S>, Names<C>>]?: string | (K extends Names<N> ? false : never) }
  & { [K in Extract<Names<S>, Names<C>>]: string[] | (K extends Names<N> ? false : never) }
  & { [K in Exclude<Names<B>, Names<C>>]: boolean }
  & { [K in Extract<Names<B>, Names<C>>]: boolean[] }
  & { [K in Exclude<Names<C>, Names<S> | Names<B>>]: unknown[] | (K extends Names<N> ? false : never) };

type Defaulted<T, D> = D extends Record<string, unknown>
  ? Omit<T, keyof D> & { [K in keyof D]: K extends keyof T ? Widen<D[K]> | NonNullable<T[K]> : unknown }
  : T;
type Widen<T> = T extends string ? string : T extends number ? number : T extends boolean ? boolean : T;

type Aliased<T, A> = { [K in keyof T as K extends keyof A ? K | Names<A[K]> : K]: T[K] };

// deno-lint-ignore no-explicit-any
export type Args<T extends Record<string, unknown> = Record<string, any>, DD extends boolean | undefined = undefined> =
  & Flatten<T>
  & { _: (string | number)[] }
  & (true extends DD ? { "--": string[] } : unknown);

export interface ParseOptions<
  B = boolean | List,
  S = List,
  C = List,
  N = List,
  D = Record<string, unknown>,
  A = Record<string, List>,
  DD = boolean,
> {
  "--"?: DD;
  alias?: A;
  boolean?: B;
  default?: D;
  stopEarly?: boolean;
  string?: S;
  collect?: C;
  negatable?: N;
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

export declare function parseArgs<
  const B extends boolean | List = never,
  const S extends List = never,
  const C extends List = never,
  const N extends List = never,
  const D extends Record<string, unknown> | undefined = undefined,
  const A extends Record<string, List> = Record<never, never>,
  const DD extends boolean | undefined = undefined,
>(
  args: readonly string[],
  options?: ParseOptions<B, S, C, N, D, A, DD>,
): Args<
  // deno-lint-ignore no-explicit-any
  [Names<B> | Names<S>] extends [never] ? Record<string, any>
    : Aliased<Defaulted<Base<B, S, C, N>, D>, A> & Record<string, unknown>,
  DD
>;
