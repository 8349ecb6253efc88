// The methods of the thin layer, read from the schema by the rules that all SDKs share:
//
// - A service is a member of the client: its noun in the plural, `conversionCodes`.
// - A call is a method: the call's name without the service's noun at its end, so
//   `ListConversionCodes` is `list`.
// - The fields of the request are the parameters. If a field is the service's own resource, a new
//   resource such as `NewConversion`, or a filter, the fields within it are parameters instead.
// - An update takes the id and the fields to change, and makes the mask from them.
// - A list yields the items of all pages.
// - A call that answers with a stream, and goes on behind a resume token, yields all messages. Its filter
//   has no times.

import {
  type DescExtension,
  type DescField,
  type DescFile,
  type DescMessage,
  type DescMethod,
  type DescOneof,
  type DescService,
  getOption,
} from "@bufbuild/protobuf";
import { getComments, type Schema } from "@bufbuild/protoplugin";

/** The values of `google.api.FieldBehavior` that have a meaning here. */
const REQUIRED = 2;
const OUTPUT_ONLY = 3;
const IDENTIFIER = 8;
/** Fields of filters that no stream can have. */
const TIMES = ["time", "startTime", "endTime"];

/** The shapes of methods. */
export type Kind = "unary" | "update" | "list" | "stream" | "watch";

/** A parameter of a method. */
export interface Parameter {
  readonly field: DescField;
  readonly isRequired: boolean;
  /** True if the parameter accepts `null`, which clears the field. */
  readonly isClearable: boolean;
}

/** Parameters that can be given together. */
export interface Group {
  readonly parameters: readonly Parameter[];
  readonly choices: readonly Choice[];
}

/** Alternatives, of which at most one can be given, or exactly one if `isExact`. */
export interface Choice {
  readonly isExact: boolean;
  readonly alternatives: readonly (Parameter | Group)[];
}

/** A call of the schema, as a method. */
export interface Call {
  readonly method: DescMethod;
  readonly kind: Kind;
  readonly name: string;
  readonly group: Group;
  /** The field whose message's fields are parameters. */
  readonly inlined: DescField | undefined;
  /** Name of the id, for an update. */
  readonly id: string | undefined;
  /** Field of the request that is no parameter. */
  readonly omitted: string | undefined;
  /** The items of a list's response, or the one message in a response of a stream. */
  readonly item: DescField | undefined;
  /** The one message in a request of a stream. */
  readonly itemRequest: DescField | undefined;
  /** Fields of the response that the server always sets. */
  readonly present: readonly DescField[];
}

/** A service of the schema, as a member of the client. */
export interface Service {
  readonly desc: DescService;
  /** Name of the interface: the noun in the plural. */
  readonly type: string;
  readonly member: string;
  readonly calls: readonly Call[];
}

/** The services, and the calls whose requests are items of other calls' requests. */
export interface Model {
  readonly services: readonly Service[];
  /** Calls by the type names of their requests, with their services. */
  readonly callsByRequest: ReadonlyMap<string, { service: Service; call: Call }>;
}

/** Reads the services. Throws an `Error` for a schema that the rules do not cover. */
export function modelOf({ files, allFiles }: Schema): Model {
  const behaviors = behaviorOption(allFiles);
  const has = (field: DescField, behavior: number) =>
    (getOption(field, behaviors) as readonly number[]).includes(behavior);
  const services = files
    .flatMap((file) => file.services)
    .map((desc) => serviceOf(desc, has))
    .sort((a, b) => (a.member < b.member ? -1 : 1));
  const calls = services.flatMap((service) => service.calls.map((call) => ({ service, call })));
  return {
    services,
    callsByRequest: new Map(calls.map((found) => [found.call.method.input.typeName, found])),
  };
}

type Has = (field: DescField, behavior: number) => boolean;

function behaviorOption(files: readonly DescFile[]): DescExtension {
  const found = files
    .flatMap((file) => file.extensions)
    .find(({ typeName }) => typeName === "google.api.field_behavior");
  if (found === undefined) {
    throw new Error("the schema has no google.api.field_behavior");
  }
  return found;
}

function serviceOf(desc: DescService, has: Has): Service {
  const resource = desc.name.replace(/Service$/, "");
  const calls = desc.methods.map((method) => callOf(resource, method, has));
  if (new Set(calls.map(({ name }) => name)).size !== calls.length) {
    throw new Error(`${desc.name}: two calls have the same method name`);
  }
  return { desc, type: `${resource}s`, member: lowerFirst(`${resource}s`), calls };
}

function callOf(resource: string, method: DescMethod, has: Has): Call {
  const { input, output } = method;
  const kind = kindOf(method);
  const inlined = inlinedOf(resource, method, kind);
  const omitted = kind === "update" ? "updateMask" : kind === "list" ? "pageToken" : undefined;
  const group = groupOf(method, inlined, omitted, kind, has);
  return {
    method,
    kind,
    name: methodName(resource, method.name),
    group,
    inlined,
    id:
      kind === "update"
        ? inlined?.message?.fields.find((field) => has(field, IDENTIFIER))?.localName
        : undefined,
    omitted,
    item: kind === "list" || kind === "stream" ? onlyMessage(output, kind === "list") : undefined,
    itemRequest: kind === "stream" ? onlyMessage(input, false) : undefined,
    present: output.fields.filter(
      (field) => field.fieldKind === "message" && field.message.name === resource && isAlwaysSet(field),
    ),
  };
}

function kindOf({ name, methodKind, input }: DescMethod): Kind {
  if (methodKind === "bidi_streaming") {
    return "stream";
  }
  if (methodKind === "server_streaming" && input.field["resumeToken"]) {
    return "watch";
  }
  if (methodKind !== "unary") {
    throw new Error(`${name}: streams of this kind have no rule yet`);
  }
  if (name.startsWith("List")) {
    return "list";
  }
  return input.field["updateMask"] ? "update" : "unary";
}

function inlinedOf(resource: string, { name, input }: DescMethod, kind: Kind): DescField | undefined {
  const [inlined, ...others] = input.fields.filter(({ fieldKind, message }) => {
    const isOwn = message?.name === resource && (kind === "update" || name.startsWith("Create"));
    return (
      fieldKind === "message" &&
      (isOwn || message?.name === `New${resource}` || message?.name.endsWith("Filter"))
    );
  });
  if (others.length > 0) {
    throw new Error(`${name}: more than one field has fields that are parameters`);
  }
  return inlined;
}

function groupOf(
  method: DescMethod,
  inlined: DescField | undefined,
  omitted: string | undefined,
  kind: Kind,
  has: Has,
): Group {
  const isUpdate = kind === "update";
  const inner = (inlined?.message?.fields ?? [])
    .filter((field) => !has(field, OUTPUT_ONLY) && (isUpdate || !has(field, IDENTIFIER)))
    // A stream begins where its resume token says, so the server refuses them in its filter.
    .filter(({ localName }) => kind !== "watch" || !TIMES.includes(localName))
    .map((field) => ({
      field,
      isRequired: has(field, isUpdate ? IDENTIFIER : REQUIRED),
      isClearable: isUpdate && field.fieldKind === "message",
    }));
  const own = method.input.fields
    .filter((field) => field !== inlined && field.localName !== omitted)
    .map((field) => ({ field, isRequired: has(field, REQUIRED), isClearable: false }));
  const names = [...inner, ...own].map(({ field }) => field.localName);
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) !== index) {
      throw new Error(`${method.name}: the name of the parameter ${name} clashes`);
    }
  }
  if (inlined?.oneof === undefined) {
    return grouped([...inner, ...own]);
  }
  const { parameters, choices } = grouped(own.filter(({ field }) => field.oneof !== inlined.oneof));
  const others = own.filter(({ field }) => field.oneof === inlined.oneof);
  const choice = choiceOf(inlined.oneof, [grouped(inner), ...others]);
  return { parameters, choices: [...choices, choice] };
}

/** Returns the fields of a message, as parameters that stand for the message. */
export function inputOf(message: DescMessage, schema: Schema): Group {
  const behaviors = behaviorOption(schema.allFiles);
  const has: Has = (field, behavior) => (getOption(field, behaviors) as readonly number[]).includes(behavior);
  return grouped(
    message.fields
      .filter((field) => !has(field, OUTPUT_ONLY))
      .map((field) => ({ field, isRequired: has(field, REQUIRED), isClearable: false })),
  );
}

function grouped(all: readonly Parameter[]): Group {
  const oneofs = new Set(all.flatMap(({ field }) => field.oneof ?? []));
  return {
    parameters: all.filter(({ field }) => field.oneof === undefined),
    choices: [...oneofs].map((oneof) =>
      choiceOf(
        oneof,
        all.filter(({ field }) => field.oneof === oneof),
      ),
    ),
  };
}

function choiceOf(oneof: DescOneof, alternatives: Choice["alternatives"]): Choice {
  return { isExact: commentOf(oneof).includes("Exactly one field must be set"), alternatives };
}

function onlyMessage(message: DescMessage, isRepeated: boolean): DescField {
  const [found, ...others] = message.fields.filter((field) =>
    isRepeated ? field.fieldKind === "list" && field.listKind === "message" : field.fieldKind === "message",
  );
  if (found === undefined || others.length > 0) {
    throw new Error(`${message.name}: it is not clear which field has the items`);
  }
  return found;
}

/** Returns true if a field is always set: its comment says neither "not set" nor "if". */
function isAlwaysSet(field: DescField): boolean {
  return !/\bnot set\b|\bif\b/i.test(commentOf(field));
}

/** Returns the one field of a message that is only a list. */
export function onlyListOf(message: DescMessage): DescField | undefined {
  const [first, ...others] = message.fields;
  return first?.fieldKind === "list" && others.length === 0 ? first : undefined;
}

/** Returns true if a call can be made without parameters. */
export function isOptional({ parameters, choices }: Group): boolean {
  return !parameters.some(({ isRequired }) => isRequired) && !choices.some(({ isExact }) => isExact);
}

/** Returns the comment of an element of the schema, without indentation. */
export function commentOf(desc: DescField | DescMessage | DescMethod | DescOneof | DescService): string {
  const comment = getComments(desc).leading ?? "";
  return comment
    .split("\n")
    .map((line) => line.trim())
    .join("\n")
    .trim();
}

function methodName(resource: string, call: string): string {
  const ending = [`${resource}s`, resource].find((ending) => call.endsWith(ending) && call !== ending);
  return lowerFirst(ending === undefined ? call : call.slice(0, -ending.length));
}

export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
