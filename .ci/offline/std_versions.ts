/**
 * What the npm packages that stand in for jsr.io hold: by folder names in windmill-cli, and deno-std 1.4.0 is a build of these.
 * deno.lock has the same, so that every machine runs the same code; the gate compares them.
 */
export const STD_VERSIONS: Readonly<
  Record<string, { readonly version: string; readonly from: "deno-std" | "windmill-cli" }>
> = {
  assert: { version: "1.0.19", from: "deno-std" },
  cli: { version: "1.0.32", from: "deno-std" },
  fmt: { version: "1.0.10", from: "deno-std" },
  internal: { version: "1.0.14", from: "deno-std" },
  fs: { version: "1.0.20", from: "windmill-cli" },
  io: { version: "0.225.2", from: "windmill-cli" },
  log: { version: "0.224.14", from: "windmill-cli" },
};
