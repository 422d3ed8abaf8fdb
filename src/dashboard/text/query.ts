/**
 * Writes terms of the query language.
 *
 * @module
 */

/** A field with a value: `service:alpha`, `attr."my id":"a b"`. */
export function fieldTerm(field: string, value: string): string {
  return `${field}:${bareOrQuoted(value)}`;
}

/** The field of an attribute. */
export function attributeField(name: string): string {
  return /^[\w.-]+$/.test(name) ? `attr.${name}` : `attr.${quote(name)}`;
}

/** The query with a term, in place of its opposite, and not twice. */
export function withTerm(query: string, term: string): string {
  const opposite = term.startsWith("-") ? term.slice(1) : `-${term}`;
  const terms = termsOf(query).filter((one) => one !== opposite);
  return (terms.includes(term) ? terms : [...terms, term]).join(" ");
}

/** A query's terms as they are written. */
export function termsOf(query: string): string[] {
  return query.match(/(?:"(?:\\.|[^"\\])*"?|[^\s"])+/g) ?? [];
}

function bareOrQuoted(value: string): string {
  return /^[\w./@-]+$/.test(value) ? value : quote(value);
}

function quote(text: string): string {
  return `"${text.replaceAll(/[\\"]/g, "\\$&")}"`;
}
