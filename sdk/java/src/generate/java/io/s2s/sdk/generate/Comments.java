package io.s2s.sdk.generate;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The comments of the schema. */
final class Comments {
  private record Place(String file, List<Integer> path) {}

  private final Map<Place, String> comments = new HashMap<>();

  Comments(List<FileDescriptor> files) {
    for (FileDescriptor file : files) {
      for (Location location : file.toProto().getSourceCodeInfo().getLocationList()) {
        if (location.hasLeadingComments()) {
          Place place = new Place(file.getName(), List.copyOf(location.getPathList()));
          comments.put(place, location.getLeadingComments().strip());
        }
      }
    }
  }

  String of(FieldDescriptor field) {
    int message = field.getContainingType().getIndex();
    return at(
        field.getFile(),
        FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER,
        message,
        DescriptorProto.FIELD_FIELD_NUMBER,
        field.getIndex());
  }

  String of(EnumValueDescriptor value) {
    return at(
        value.getFile(),
        FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER,
        value.getType().getIndex(),
        EnumDescriptorProto.VALUE_FIELD_NUMBER,
        value.getIndex());
  }

  String of(ServiceDescriptor service) {
    return at(service.getFile(), FileDescriptorProto.SERVICE_FIELD_NUMBER, service.getIndex());
  }

  String of(MethodDescriptor rpc) {
    return at(
        rpc.getFile(),
        FileDescriptorProto.SERVICE_FIELD_NUMBER,
        rpc.getService().getIndex(),
        ServiceDescriptorProto.METHOD_FIELD_NUMBER,
        rpc.getIndex());
  }

  private String at(FileDescriptor file, Integer... path) {
    return comments.getOrDefault(new Place(file.getName(), List.of(path)), "");
  }
}
