// Writes the modules of the thin layer: the types of its parameters, and a function for each
// service that makes its methods.

import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { ScalarType } from "@bufbuild/protobuf";
import type { GeneratedFile, Printable, Schema } from "@bufbuild/protoplugin";
import {
  type Call,
  type Choice,
  commentOf,
  type Group,
  inputOf,
  isOptional,
  lowerFirst,
  type Model,
  onlyListOf,
  type Parameter,
  type Service,
} from "./model.js";

const HEADER = "// Generated from the schema by generate/protoc-gen-s2s.ts. Do not edit.\n";
const PACKAGE = "s2s.v1";
const INPUTS = "./calls/inputs.js";
const SCALARS: Partial<Record<ScalarType, string>> = {
  [ScalarType.STRING]: "string",
  [ScalarType.BYTES]: "Uint8Array | string",
  [ScalarType.BOOL]: "boolean",
  [ScalarType.INT32]: "number",
  [ScalarType.INT64]: "bigint",
};
const CLOSING: Record<Call["kind"], string> = {
  unary: "",
  update: "\n\nA field that is given can have its default value. `null` clears a field that is an object.",
  list: "\n\nThe result iterates over all pages. Each page is fetched when it is reached.",
  stream: "\n\nNothing is sent again automatically, and only `options` set a timeout.",
  watch:
    "\n\nAfter a failure that may pass, the stream goes on by itself behind the last message. Any other error " +
    "ends it. To go on later, or in another process, keep the `resumeToken` of the last message that you have " +
    "dealt with. Only `options` set a timeout. Ending the iteration cancels the call.",
};

/** Writes all modules. */
export function writeAll(schema: Schema, model: Model): void {
  const writer = new Writer(schema, model);
  for (const service of model.services) {
    writer.service(service);
  }
  writer.inputs();
  writer.services();
  writer.index();
  writer.files();
}

class Writer {
  /** Messages within requests, which need a type of their own. */
  private readonly nested = new Set<DescMessage>();
  /** Names of fields in the schema, and in TypeScript. */
  private readonly names: ReadonlyMap<string, string>;

  constructor(
    private readonly schema: Schema,
    private readonly model: Model,
  ) {
    const fields = schema.files.flatMap(({ messages }) => messages.flatMap((message) => message.fields));
    this.names = new Map(fields.map((field) => [field.name, field.localName]));
  }

  /** Writes the types and the methods of a service. */
  service(service: Service): void {
    const { desc, type, member, calls } = service;
    const f = this.schema.generateFile(`calls/${kebab(member)}.ts`);
    f.print(HEADER);
    for (const call of calls.filter(({ kind }) => kind !== "stream")) {
      f.print(f.jsDoc(`The parameters of \`${member}.${call.name}\`.`));
      this.type(f, paramsName(call), call.group);
    }
    f.print(f.jsDoc(this.text(commentOf(desc))));
    f.print("export interface ", type, " {");
    for (const [index, call] of calls.entries()) {
      if (index > 0) {
        f.print();
      }
      f.print(f.jsDoc(this.text(methodText(call)) + CLOSING[call.kind], "  "));
      f.print("  ", call.name, "(", this.parameters(f, call), "): ", result(f, call), ";");
    }
    f.print("}\n");
    for (const call of calls.filter(({ kind }) => kind !== "stream")) {
      this.shape(f, call);
    }
    const client = f.import("Client", "@connectrpc/connect", true);
    f.print(f.jsDoc("Makes the methods of the service."));
    const stubs: Printable = ["stubs: ", client, "<typeof ", f.importSchema(desc, true), ">"];
    const policy: Printable = hasWatch(service)
      ? [", policy: ", f.import("Policy", "../calls.js", true)]
      : "";
    f.print("export function ", member, "Of(", stubs, policy, "): ", type, " {");
    f.print("  return {");
    for (const call of calls) {
      f.print("    ", call.name, ": ", this.implementation(f, call), ",");
    }
    f.print("  };\n}");
  }

  /** Writes the types of the messages within requests. */
  inputs(): void {
    const f = this.schema.generateFile("calls/inputs.ts");
    f.print(HEADER);
    // The set grows while it is walked.
    for (const message of this.nested) {
      f.print(f.jsDoc(this.text(commentOf(message))));
      this.type(f, inputName(message), inputOf(message, this.schema));
    }
  }

  /** Writes the members of the client, for Node.js and for browsers. */
  services(): void {
    const f = this.schema.generateFile("services.ts");
    const { services } = this.model;
    f.print(HEADER);
    const stub = (service: Service): Printable => {
      return [
        f.import("Client", "@connectrpc/connect", true),
        "<typeof ",
        f.importSchema(service.desc, true),
        ">",
      ];
    };
    const calls = (service: Service): Printable => f.import(service.type, module(service), true);
    const isStream = ({ kind }: Call) => kind === "stream";
    const omit = (of: Printable, service: Service, name: (call: Call) => string): Printable => {
      const names = service.calls.filter(isStream).map((call) => JSON.stringify(name(call)));
      return names.length > 0 ? ["Omit<", of, ", ", names.join(" | "), ">"] : of;
    };
    const members = (name: string, comment: string, of: (service: Service) => Printable, isWhole = true) => {
      f.print(f.jsDoc(comment));
      f.print("export interface ", name, " {");
      for (const service of services) {
        if (isWhole) {
          f.print(f.jsDoc(this.text(commentOf(service.desc)), "  "));
        }
        f.print("  readonly ", service.member, ": ", of(service), ";");
      }
      f.print("}\n");
    };
    members("Services", "The services, each with a method for each call.", calls);
    members("Stubs", "The services with whole messages: requests and responses.", stub, false);
    members(
      "WebServices",
      "The services without streams of requests, which browsers can't send.",
      (service) => omit(calls(service), service, ({ name }) => name),
    );
    members(
      "WebStubs",
      "The stubs without streams of requests.",
      (service) => omit(stub(service), service, ({ method }) => method.localName),
      false,
    );
    const transport = f.import("Transport", "@connectrpc/connect", true);
    f.print(f.jsDoc("Makes the stubs."));
    f.print`export function stubsOf(transport: ${transport}): Stubs {\n  return {`;
    for (const { member, desc } of services) {
      f.print`    ${member}: ${f.import("createClient", "@connectrpc/connect")}(${f.importSchema(desc)}, transport),`;
    }
    f.print("  };\n}\n");
    f.print(f.jsDoc("Makes the services."));
    const policy = f.import("Policy", "../calls.js", true);
    f.print("export function servicesOf(stubs: Stubs, policy: ", policy, "): Services {\n  return {");
    for (const service of services) {
      const { member } = service;
      const more = hasWatch(service) ? ", policy" : "";
      f.print`    ${member}: ${f.import(`${member}Of`, module(service))}(stubs.${member}${more}),`;
    }
    f.print("  };\n}");
  }

  /** Writes the exports of the package: messages, enums, and the types of the thin layer. */
  index(): void {
    const f = this.schema.generateFile("index.ts");
    f.print(HEADER);
    for (const { name } of this.schema.files.filter(({ proto }) => proto.package === PACKAGE)) {
      f.print("export * from ", f.string(`./${name}_pb.js`), ";");
    }
    f.print("export type { ", [...this.nested].map(inputName).join(", "), " } from ", f.string(INPUTS), ";");
    for (const service of this.model.services) {
      const names = service.calls.filter(({ kind }) => kind !== "stream").map(paramsName);
      f.print(
        "export type { ",
        [service.type, ...names].join(", "),
        " } from ",
        f.string(module(service)),
        ";",
      );
    }
  }

  /** Writes the list of the files whose messages can be found by their type. */
  files(): void {
    const f = this.schema.generateFile("files.ts");
    f.print(HEADER);
    f.print(f.jsDoc("The files of the schema."));
    f.print("export const FILES = [");
    for (const file of this.schema.allFiles) {
      if (file.proto.package !== "google.api" && file.name !== "google/protobuf/descriptor") {
        f.print("  ", f.importSchema(file), ",");
      }
    }
    f.print("];");
  }

  private type(f: GeneratedFile, name: string, group: Group): void {
    if (group.choices.length === 0) {
      f.print("export interface ", name, " ", this.object(f, group.parameters, ""), "\n");
    } else {
      f.print("export type ", name, " = ", this.group(f, group, ""), ";\n");
    }
  }

  private group(f: GeneratedFile, { parameters, choices }: Group, indent: string): Printable {
    const parts = choices.map((choice) => this.choice(f, choice, indent));
    if (parameters.length > 0) {
      parts.unshift(this.object(f, parameters, indent));
    }
    return parts.flatMap((part, index) => (index === 0 ? [part] : [" & ", part]));
  }

  private choice(f: GeneratedFile, { isExact, alternatives }: Choice, indent: string): Printable {
    const inner = `${indent}    `;
    const lines = alternatives.map((alternative): Printable => {
      const type =
        "field" in alternative
          ? this.object(f, [{ ...alternative, isRequired: isExact }], inner)
          : ["(", this.group(f, alternative, inner), ")"];
      return [`\n${indent}  | `, type];
    });
    return [f.import("OneOf", "../params.js", true), "<", lines, `\n${indent}>`];
  }

  private object(f: GeneratedFile, parameters: readonly Parameter[], indent: string): Printable {
    const members = parameters.map(({ field, isRequired: isMarked, isClearable }): Printable => {
      const { localName: name } = field;
      const isRequired = isMarked || this.isItem(field);
      const optional = `${isClearable ? " | null" : ""} | undefined`;
      return [
        f.jsDoc(this.text(commentOf(field)), `${indent}  `),
        `\n${indent}  ${name}${isRequired ? "" : "?"}: `,
        this.fieldType(f, field),
        isRequired ? ";\n" : `${optional};\n`,
      ];
    });
    return ["{\n", members, `${indent}}`];
  }

  /** Returns true if the field has the parameters of another call. */
  private isItem({ message }: DescField): boolean {
    return message !== undefined && this.model.callsByRequest.has(message.typeName);
  }

  private fieldType(f: GeneratedFile, field: DescField): Printable {
    switch (field.fieldKind) {
      case "list":
        return ["ReadonlyArray<", this.elementType(f, field), ">"];
      case "map":
        return ["Readonly<Record<string, ", this.elementType(f, field), ">>"];
      default:
        return this.elementType(f, field);
    }
  }

  private elementType(f: GeneratedFile, { name, message, enum: values, scalar }: DescField): Printable {
    if (message !== undefined) {
      return this.messageType(f, message);
    }
    if (values !== undefined) {
      return f.importShape(values).toTypeOnly();
    }
    const type = scalar && SCALARS[scalar];
    if (type === undefined) {
      throw new Error(`${name}: fields of this type have no rule yet`);
    }
    return type;
  }

  private messageType(f: GeneratedFile, message: DescMessage): Printable {
    switch (message.typeName) {
      case "google.protobuf.Timestamp":
        return ["Date | ", f.importShape(message)];
      case "google.protobuf.Duration":
        return [f.import("DurationInput", "../params.js", true), " | ", f.importShape(message)];
      case "s2s.v1.Money":
        return f.importShape(message);
    }
    const found = this.model.callsByRequest.get(message.typeName);
    if (found !== undefined) {
      return f.import(paramsName(found.call), module(found.service), true);
    }
    const list = onlyListOf(message);
    if (list !== undefined) {
      return this.fieldType(f, list);
    }
    this.nested.add(message);
    return f.import(inputName(message), INPUTS, true);
  }

  /** Writes the differences between the parameters of a call and the fields of its request. */
  private shape(f: GeneratedFile, { method, inlined, id, omitted }: Call): void {
    const { input } = method;
    const items = input.fields.flatMap(({ localName, message }) => {
      const found = message && this.model.callsByRequest.get(message.typeName);
      const shape = found && shapeName(found.call);
      return shape ? [localName, ": ", f.import(shape, module(found.service)), ", "] : [];
    });
    f.print("export const ", shapeName({ method }), ": ", f.import("Shape", "../params.js", true), " = {");
    f.print("  schema: ", f.importSchema(input), ",");
    if (inlined !== undefined) {
      f.print("  inlined: ", f.string(inlined.localName), ",");
    }
    if (id !== undefined) {
      f.print("  id: ", f.string(id), ",");
    }
    if (omitted !== undefined) {
      f.print("  omitted: ", f.string(omitted), ",");
    }
    if (items.length > 0) {
      f.print("  items: { ", items.slice(0, -1), " },");
    }
    f.print("};\n");
  }

  private implementation(f: GeneratedFile, call: Call): Printable {
    const { method, kind, item, itemRequest } = call;
    const helper = f.import(
      kind === "update" ? "unary" : kind,
      kind === "watch" ? "../watch.js" : "../methods.js",
    );
    const stub = `stubs.${method.localName}`;
    if (kind === "watch") {
      const name = f.string(`${method.parent.typeName}/${method.name}`);
      return [helper, "(", stub, ", ", shapeName(call), ", ", name, ", policy)"];
    }
    if (kind !== "stream") {
      const items = item === undefined ? [] : [", ", f.string(item.localName)];
      return [helper, "(", stub, ", ", shapeName(call), items, ")"];
    }
    const found = this.itemCall(itemRequest);
    const shape = f.import(shapeName(found.call), module(found.service));
    const fields = [itemRequest, item].map((field) => [", ", f.string(field?.localName ?? "")]);
    return [helper, "(", stub, ", ", shape, fields, ")"];
  }

  private parameters(f: GeneratedFile, call: Call): Printable {
    const options: Printable = ["options?: ", f.import("CallOptions", "../params.js", true)];
    if (call.kind === "stream") {
      const found = this.itemCall(call.itemRequest);
      const params = f.import(paramsName(found.call), module(found.service), true);
      return ["params: Iterable<", params, "> | AsyncIterable<", params, ">, ", options];
    }
    const isOpen = isOptional(call.group) && !call.method.input.fields.some((field) => this.isItem(field));
    return [isOpen ? "params?: " : "params: ", paramsName(call), ", ", options];
  }

  private itemCall(field: DescField | undefined): { service: Service; call: Call } {
    const found = this.model.callsByRequest.get(field?.message?.typeName ?? "");
    if (found === undefined) {
      throw new Error("the items of a stream are not the requests of a call");
    }
    return found;
  }

  /** Returns a comment of the schema, with the names that the fields have here. */
  private text(comment: string): string {
    return comment
      .replace("that `update_mask` names", "that are given")
      .replace(/`([a-z]+(?:_[a-z0-9]+)+)`/g, (whole, name: string) => {
        const local = this.names.get(name);
        return local === undefined ? whole : `\`${local}\``;
      });
  }
}

function result(f: GeneratedFile, { kind, method, item, present }: Call): Printable {
  if (kind === "list" || kind === "stream") {
    return ["AsyncGenerator<", item?.message ? f.importShape(item.message) : "never", ", void, undefined>"];
  }
  if (kind === "watch") {
    return ["AsyncGenerator<", f.importShape(method.output), ", void, undefined>"];
  }
  const names = present.map(({ localName }) => JSON.stringify(localName)).join(" | ");
  const response = f.importShape(method.output);
  return names === ""
    ? ["Promise<", response, ">"]
    : ["Promise<", f.import("Present", "../params.js", true), "<", response, ", ", names, ">>"];
}

function hasWatch({ calls }: Service): boolean {
  return calls.some(({ kind }) => kind === "watch");
}

/** Returns the comment of a call. The filter of a stream may have conditions of its own. */
function methodText({ method, kind, inlined }: Call): string {
  const conditions = kind === "watch" && inlined !== undefined ? `\n\n${commentOf(inlined)}` : "";
  return commentOf(method) + conditions;
}

function inputName({ name }: DescMessage): string {
  return `${name}Input`;
}

function module({ member }: Service): string {
  return `./calls/${kebab(member)}.js`;
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function paramsName({ method }: Pick<Call, "method">): string {
  return method.input.name.replace(/Request$/, "Params");
}

function shapeName({ method }: Pick<Call, "method">): string {
  return `${lowerFirst(method.input.name.replace(/Request$/, ""))}Shape`;
}
