// Command protoc-gen-s2s-go writes the thin layer of the SDK from the schema: a method for each
// call, a struct for its parameters, and short names of messages and enums.
//
// The rules are those of all SDKs; see [readSchema].
package main

import (
	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/types/pluginpb"
)

func main() {
	protogen.Options{}.Run(generate)
}

func generate(plugin *protogen.Plugin) error {
	plugin.SupportedFeatures = uint64(pluginpb.CodeGeneratorResponse_FEATURE_PROTO3_OPTIONAL)
	s, err := readSchema(plugin.Files)
	if err != nil {
		return err
	}
	return write(plugin, s)
}
