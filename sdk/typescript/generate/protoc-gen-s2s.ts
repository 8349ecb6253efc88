// A plugin of buf: writes the thin layer, with a method for each call of the schema.

import { createEcmaScriptPlugin, runNodeJs } from "@bufbuild/protoplugin";
import { modelOf } from "./model.js";
import { writeAll } from "./write.js";

const plugin = createEcmaScriptPlugin({
  name: "protoc-gen-s2s",
  version: "v1",
  generateTs(schema) {
    // buf runs the plugin for each of its inputs; those without services have no layer.
    if (schema.files.some(({ services }) => services.length > 0)) {
      writeAll(schema, modelOf(schema));
    }
  },
});

runNodeJs(plugin);
