/**
 * Messages of Pub/Sub from JSON and to JSON, with Google's rules and words.
 *
 * @module
 */
import { SCALARS } from "./json_scalars.ts";
import type { EnumType, Field, FieldType, MessageType } from "./json_types.ts";
import { invalidArgument, type StatusError, unimplemented } from "./status_error.ts";

/** An object in JSON, or a message for an encoder or from a decoder. */
export type Fields = Record<string, unknown>;

/** A type, and where in the request it is: in words of Google's errors. */
interface Place {
  readonly type: FieldType;
  readonly path: string;
}

/**
 * What an encoder takes for this JSON.
 *
 * @throws {StatusError} For what is no such message, with Google's words.
 */
export function readMessage(
  json: unknown,
  { type, path }: { readonly type: MessageType; readonly path: string },
): Fields {
  if (!isObject(json)) throw wrong(json, { type, path });
  const message: Fields = {};
  for (const [name, value] of Object.entries(json)) {
    const field = type.field(name);
    if (field === undefined) throw unknownName(name, path);
    // As if it were not there.
    if (value === null) continue;
    if (Object.hasOwn(message, field.name)) {
      throw invalidArgument(`Invalid JSON payload received. "${name}" is there twice${at(path)}`);
    }
    message[field.name] = readField(value, field, path === "" ? field.name : `${path}.${field.name}`);
  }
  return message;
}

/** Whether it is an object with names, of which JSON has one kind. */
export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function unknownName(name: string, path: string): StatusError {
  return invalidArgument(`Invalid JSON payload received. Unknown name ${quoted(name)}${at(path)}: Cannot find field.`);
}

function readField(value: unknown, { shape, type }: Field, path: string): unknown {
  if (shape === "list") {
    if (!Array.isArray(value)) throw wrong(value, { type, path });
    return value.map((element, index) => readSingle(element, { type, path: `${path}[${index}]` }));
  }
  if (shape === "single") return readSingle(value, { type, path });
  if (!isObject(value)) throw wrong(value, { type, path });
  return Object.fromEntries(
    Object.entries(value).map(([key, element]) => {
      if (!key.isWellFormed()) throw wrong(key, { type: "string", path });
      return [key, readSingle(element, { type, path: `${path}[${quoted(key)}]` })];
    }),
  );
}

function readSingle(value: unknown, { type, path }: Place): unknown {
  const scalar = scalarOf(type);
  const read = scalar !== undefined
    ? scalar.read(value)
    : typeof type === "string"
    ? undefined
    : type.kind === "message"
    ? readMessage(value, { type, path })
    : readEnum(value, type);
  if (read === undefined) throw wrong(value, { type, path });
  return read;
}

function readEnum(value: unknown, { values }: EnumType): number | undefined {
  if (typeof value === "string") return values.get(value);
  return typeof value === "number" && [...values.values()].includes(value) ? value : undefined;
}

function scalarOf(type: FieldType) {
  if (typeof type !== "string" && type.kind === "enum") return undefined;
  const name = typeof type === "string" ? type : type.name;
  // Values of any kind: nothing that this server supports has them.
  if (name === "google.protobuf.Struct") throw unimplemented(name);
  return Object.hasOwn(SCALARS, name) ? SCALARS[name] : undefined;
}

/** The JSON of a decoded message. What has its default value is left out, as Google does. */
export function writeMessage(message: Fields, type: MessageType): Fields {
  const json: Fields = {};
  for (const field of type.fields.values()) {
    const value = Object.hasOwn(message, field.name) ? message[field.name] : undefined;
    if (value === undefined || value === null) continue;
    const written = writeField(value, field);
    if (written !== undefined) json[field.name] = written;
  }
  return json;
}

function writeField(value: unknown, { shape, type, optional }: Field): unknown {
  if (shape === "list") {
    const list = value as readonly unknown[];
    return list.length === 0 ? undefined : list.map((element) => writeSingle(element, type));
  }
  if (shape === "map") {
    const entries = Object.entries(value as Fields);
    if (entries.length === 0) return undefined;
    return Object.fromEntries(entries.map(([key, element]) => [key, writeSingle(element, type)]));
  }
  const written = writeSingle(value, type);
  return optional || written !== zeroOf(type) ? written : undefined;
}

function writeSingle(value: unknown, type: FieldType): unknown {
  const scalar = scalarOf(type);
  if (scalar !== undefined) return scalar.write(value);
  if (typeof type === "string") return undefined;
  if (type.kind === "message") return writeMessage(value as Fields, type);
  return enumName(value, type);
}

function zeroOf(type: FieldType): unknown {
  if (typeof type === "string") return SCALARS[type]?.zero;
  return type.kind === "enum" ? enumName(0, type) : undefined;
}

/** One that is not known stays a number. */
function enumName(value: unknown, { values }: EnumType): unknown {
  for (const [name, number] of values) if (number === value) return name;
  return value;
}

function wrong(value: unknown, { type, path }: Place): StatusError {
  const kind = typeof type === "string" ? type : type.kind === "enum" ? "enum" : type.name;
  const text = typeof value === "object" && value !== null
    ? (Array.isArray(value) ? "a list" : "an object")
    : quoted(value);
  return invalidArgument(`Invalid value${at(path)} (${kind}), ${text}`);
}

function at(path: string): string {
  return path === "" ? "" : ` at '${shortened(path)}'`;
}

/** As JSON, and not longer than helps. */
function quoted(value: unknown): string {
  return JSON.stringify(typeof value === "string" ? shortened(value) : value) ?? "nothing";
}

/** An error goes into one line of somebody's log. */
export function shortened(text: string): string {
  return (text.length > 200 ? `${text.slice(0, 200)}…` : text).toWellFormed();
}
