import type { CallOptions, Present, Shape } from "../../params.js";
import type { Preset } from "../s2s/v1/preset_pb.js";
import type { GetPresetResponse, PresetService } from "../s2s/v1/preset_service_pb.js";
import { GetPresetRequestSchema, ListPresetsRequestSchema } from "../s2s/v1/preset_service_pb.js";
import type { Client } from "@connectrpc/connect";
import { list, unary } from "../../methods.js";

// Generated from the schema by generate/protoc-gen-s2s.ts. Do not edit.

/**
 * The parameters of `presets.list`.
 */
export interface ListPresetsParams {
  /**
   * Maximum number of presets to return, 1 to 1,000. 0 means 50; larger values
   * are read as 1,000. A page has at most 3 MiB, so it may have fewer.
   */
  pageSize?: number | undefined;
}

/**
 * The parameters of `presets.get`.
 */
export interface GetPresetParams {
  /**
   * Id of the preset. Example: `everflow`.
   */
  presetId: string;
}

/**
 * Reads presets: the names and macros that each network uses, so that nobody
 * has to look them up. Presets are the same for every account; they come with
 * the server and can't be changed.
 */
export interface Presets {
  /**
   * Lists all presets, sorted by id.
   *
   * The result iterates over all pages. Each page is fetched when it is reached.
   */
  list(params?: ListPresetsParams, options?: CallOptions): AsyncGenerator<Preset, void, undefined>;

  /**
   * Returns one preset.
   */
  get(params: GetPresetParams, options?: CallOptions): Promise<Present<GetPresetResponse, "preset">>;
}

export const listPresetsShape: Shape = {
  schema: ListPresetsRequestSchema,
  omitted: "pageToken",
};

export const getPresetShape: Shape = {
  schema: GetPresetRequestSchema,
};

/**
 * Makes the methods of the service.
 */
export function presetsOf(stubs: Client<typeof PresetService>): Presets {
  return {
    list: list(stubs.listPresets, listPresetsShape, "presets"),
    get: unary(stubs.getPreset, getPresetShape),
  };
}
