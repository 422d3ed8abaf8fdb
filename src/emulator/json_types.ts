/**
 * The messages of Pub/Sub as its JSON has them: fields by name, from the description that the client library carries.
 *
 * @module
 */

/** A part of a description in protobuf.js's JSON, as far as it is read here. */
export interface Described {
  readonly nested?: Readonly<Record<string, Described>>;
  readonly fields?: Readonly<Record<string, DescribedField>>;
  readonly oneofs?: Readonly<Record<string, { readonly oneof: readonly string[] }>>;
  readonly values?: Readonly<Record<string, number>>;
  readonly methods?: Readonly<Record<string, DescribedMethod>>;
}

interface DescribedField {
  readonly type: string;
  readonly rule?: string;
  readonly keyType?: string;
}

/** A method of a service. */
export interface DescribedMethod {
  readonly requestType: string;
  readonly responseType: string;
  readonly requestStream?: boolean;
  readonly responseStream?: boolean;
  readonly parsedOptions?: readonly Readonly<Record<string, unknown>>[];
}

/** A message. */
export interface MessageType {
  readonly kind: "message";
  /** As in `google.pubsub.v1.Topic`. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, Field>;
  /** A field by its name in JSON or in the protocol: `ackIds` and `ack_ids`. */
  field(name: string): Field | undefined;
}

/** An enumeration. */
export interface EnumType {
  readonly kind: "enum";
  readonly values: ReadonlyMap<string, number>;
}

/** What a field holds: a message, an enumeration, or what the protocol has a word for, such as `int32`. */
export type FieldType = MessageType | EnumType | string;

/** A field of a message. */
export interface Field {
  /** In JSON: `ackIds`. */
  readonly name: string;
  readonly shape: "single" | "list" | "map";
  /** Whether it being there says something, whatever its value. */
  readonly optional: boolean;
  readonly type: FieldType;
}

/** The types of a description. Each is made when it is asked for. */
export class Types {
  readonly #root: Described;
  readonly #made = new Map<string, MessageType | EnumType>();

  constructor(root: Described) {
    this.#root = root;
  }

  /**
   * The type that a name means.
   *
   * @param within The full name of what names it: names are looked up there first, then further out.
   */
  find(name: string, within: string): FieldType {
    const scopes = within.split(".");
    for (let depth = scopes.length; depth >= 0; depth--) {
      const full = [...scopes.slice(0, depth), name].join(".");
      const described = this.#described(full);
      if (described?.fields !== undefined || described?.values !== undefined) return this.#type(full, described);
    }
    return name;
  }

  /** The message of a name. @throws {TypeError} Where it is none. */
  message(name: string, within: string): MessageType {
    const type = this.find(name, within);
    if (typeof type === "string" || type.kind !== "message") throw new TypeError(`${name} is no message`);
    return type;
  }

  #described(full: string): Described | undefined {
    let at: Described | undefined = this.#root;
    for (const part of full.split(".")) at = at?.nested?.[part];
    return at;
  }

  #type(name: string, described: Described): MessageType | EnumType {
    const made = this.#made.get(name) ??
      (described.values !== undefined
        ? { kind: "enum", values: new Map(Object.entries(described.values)) } as const
        : this.#message(name, described));
    this.#made.set(name, made);
    return made;
  }

  #message(name: string, described: Described): MessageType {
    const chosen = new Set(Object.values(described.oneofs ?? {}).flatMap(({ oneof }) => oneof));
    const described_ = Object.entries(described.fields ?? {});
    const find = (type: string) => this.find(type, name);
    const fields = new Map(described_.map(([field, { type, rule, keyType }]): [string, Field] => [field, {
      name: field,
      shape: keyType !== undefined ? "map" : rule === "repeated" ? "list" : "single",
      optional: chosen.has(field),
      // Looked up when it is needed: messages may hold each other.
      get type() {
        return find(type);
      },
    }]));
    const byProtocol = new Map([...fields.values()].map((field) => [snakeCase(field.name), field]));
    return { kind: "message", name, fields, field: (given) => fields.get(given) ?? byProtocol.get(given) };
  }
}

/** `ack_ids` for `ackIds`. */
export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `ackIds` for `ack_ids`. */
export function camelCase(name: string): string {
  return name.replaceAll(/_([a-z\d])/g, (_match, letter: string) => letter.toUpperCase());
}
