/**
 * Keeps passwords out of what people read.
 *
 * @module
 */

/**
 * Replaces by `***` the password of every `scheme://user:password@` in a text, and that of a `password=` in a URL's
 * query. A password that was not percent-encoded may hold any character except white space, so that all between the
 * user's colon and the run's last `@` goes: rather too much than too little.
 */
export function redact(text: string): string {
  if (!text.includes("://")) return text;
  // Run by run, each searched from its ends only: linear, whatever the text.
  return text.replace(/\S+/g, redactRun);
}

function redactRun(run: string): string {
  const scheme = run.indexOf("://");
  if (scheme === -1) return run;
  const at = run.lastIndexOf("@");
  const colon = run.indexOf(":", scheme + 3);
  const authority = colon === -1 || colon > at ? run : `${run.slice(0, colon + 1)}***${run.slice(at)}`;
  return authority.replace(/([?&](?:password|passwd|pwd)=)[^&]*/gi, "$1***");
}
