/**
 * A query's text while it is read: words, quotes and lists, without what they mean.
 *
 * @module
 */
import type { Mistake, Place } from "./query.ts";

/** Ends the reading of a term. Thrown and caught within reading: callers get mistakes as values. */
export class MistakeAt extends Error {
  override readonly name = "MistakeAt";
  readonly mistake: Mistake;
  constructor(place: Place, told: { readonly problem: string; readonly remedy: string }) {
    super(told.problem);
    this.mistake = { ...place, ...told };
  }
}

/** A value as written, without its quotes. */
export interface Value {
  readonly text: string;
  readonly quoted: boolean;
  readonly place: Place;
}

/** What stands before a value: `service:`, `attr.trace=`. */
export interface FieldText {
  readonly name: string;
  /** The name after `attr.`. */
  readonly attribute?: string;
  readonly operator: string;
  readonly place: Place;
}

const OPERATOR = />=|<=|[:=<>]/y;
const NAME = /[A-Za-z_]\w*/y;
const ATTRIBUTE = /attr\./iy;
const ATTRIBUTE_NAME = /[^\s":=<>*,]*/y;
const BARE = /[^\s"]*/y;
const BARE_ITEM = /[^\s",]*/y;
const SPACE = /\s*/y;

/** A text and how far it was read. */
export class QueryText {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  atEnd(): boolean {
    return this.at >= this.text.length;
  }

  atTermEnd(): boolean {
    return this.atEnd() || /\s/.test(this.text[this.at]!);
  }

  /** From there to what was read last. */
  since(at: number): Place {
    return { at, length: this.at - at };
  }

  skipSpace(): void {
    this.#match(SPACE);
  }

  /** To the white space after the term, of which that in quotes is none. */
  skipTerm(): void {
    while (!this.atTermEnd()) {
      if (this.text[this.at] !== '"') this.#match(BARE);
      // Without its end, the quote takes the rest.
      else if (this.#quotedText() === undefined) this.at = this.text.length;
    }
  }

  take(char: string): boolean {
    const is = this.text[this.at] === char;
    if (is) this.at++;
    return is;
  }

  /** A field's name and its operator, or `undefined` and nothing read. */
  takeField(): FieldText | undefined {
    const { at } = this;
    if (this.#match(ATTRIBUTE) !== undefined) {
      const attribute = this.text[this.at] === '"' ? this.#quotedText() : this.#match(ATTRIBUTE_NAME);
      const operator = this.#match(OPERATOR);
      if (attribute !== undefined && operator !== undefined) {
        return { name: "attr", attribute, operator, place: this.since(at) };
      }
    } else {
      const name = this.#match(NAME);
      const place = this.since(at);
      const operator = name === undefined ? undefined : this.#match(OPERATOR);
      if (name !== undefined && operator !== undefined) return { name, operator, place };
    }
    this.at = at;
    return undefined;
  }

  /** A quoted text, after which anything may stand, or all up to the term's end. */
  takeValue(): Value {
    const { at } = this;
    if (this.text[at] === '"') return this.#quoted();
    const text = this.#match(BARE)!;
    this.expectTermEnd();
    return { text, quoted: false, place: this.since(at) };
  }

  /** Values up to the term's end, one at least, parted by commas. */
  takeList(): Value[] {
    const values: Value[] = [];
    do {
      const { at } = this;
      values.push(
        this.text[at] === '"'
          ? this.#quoted()
          : { text: this.#match(BARE_ITEM)!, quoted: false, place: this.since(at) },
      );
    } while (this.take(","));
    this.expectTermEnd();
    return values;
  }

  /** @throws {MistakeAt} */
  expectTermEnd(): void {
    if (this.atTermEnd()) return;
    const { at } = this;
    throw new MistakeAt(
      { at, length: 1 },
      this.text[at] === '"'
        ? {
          problem: "a quote stands within a term",
          remedy: `put all of it in quotes, and write \\" for a quote in it`,
        }
        : { problem: "something stands right after a quote", remedy: "put a space between" },
    );
  }

  #quoted(): Value {
    const { at } = this;
    const text = this.#quotedText();
    if (text === undefined) {
      this.at = this.text.length;
      throw new MistakeAt(this.since(at), { problem: "the quote has no end", remedy: `write a second "` });
    }
    return { text, quoted: true, place: this.since(at) };
  }

  /** From a quote to its end; `undefined`, and nothing read, where there is none. */
  #quotedText(): string | undefined {
    let text = "";
    for (let at = this.at + 1; at < this.text.length; at++) {
      const char = this.text[at]!;
      if (char === '"') {
        this.at = at + 1;
        return text;
      }
      const next = this.text[at + 1];
      // Any other backslash is one: paths are pasted as they are.
      if (char === "\\" && (next === '"' || next === "\\")) {
        text += next;
        at++;
      } else text += char;
    }
    return undefined;
  }

  /** What stands here of a form, or `undefined`; an empty match is one. */
  #match(form: RegExp): string | undefined {
    form.lastIndex = this.at;
    const found = form.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }
}
