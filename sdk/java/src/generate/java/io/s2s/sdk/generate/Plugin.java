package io.s2s.sdk.generate;

import com.google.api.FieldBehaviorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorRequest;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorResponse;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorResponse.Feature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The plugin's program: reads a request from its input and writes the files to its output. */
final class Plugin {
  private Plugin() {}

  public static void main(String[] arguments) throws IOException, DescriptorValidationException {
    ExtensionRegistry registry = ExtensionRegistry.newInstance();
    FieldBehaviorProto.registerAllExtensions(registry);
    CodeGeneratorRequest request = CodeGeneratorRequest.parseFrom(System.in, registry);
    CodeGeneratorResponse.Builder response =
        CodeGeneratorResponse.newBuilder()
            .setSupportedFeatures(Feature.FEATURE_PROTO3_OPTIONAL_VALUE);
    try {
      Schema schema = new Schema(files(request));
      new Layer(schema)
          .files()
          .forEach((name, text) -> response.addFileBuilder().setName(name).setContent(text));
    } catch (SchemaException e) {
      response.setError(e.getMessage());
    }
    response.build().writeTo(System.out);
  }

  /** Returns the files to generate code for. Their dependencies come before them. */
  private static List<FileDescriptor> files(CodeGeneratorRequest request)
      throws DescriptorValidationException {
    Map<String, FileDescriptor> known = new HashMap<>();
    List<FileDescriptor> wanted = new ArrayList<>();
    for (FileDescriptorProto file : request.getProtoFileList()) {
      FileDescriptor[] imported =
          file.getDependencyList().stream().map(known::get).toArray(FileDescriptor[]::new);
      FileDescriptor built = FileDescriptor.buildFrom(file, imported);
      known.put(file.getName(), built);
      if (request.getFileToGenerateList().contains(file.getName())) {
        wanted.add(built);
      }
    }
    return wanted;
  }
}
