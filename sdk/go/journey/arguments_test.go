package journey_test

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	s2s "s2s.example/sdk-go"
)

// A method of the client, found by the name of its call, and its parameters.
type method struct {
	function reflect.Value
	params   reflect.Value
}

// methodOf finds the method of a call, such as ConversionService/RecordConversion, by the rules of
// all SDKs, and fills its parameters from a request in JSON.
func methodOf(client *s2s.Client, name string, text []byte) (method, error) {
	service, rpc, _ := strings.Cut(name, "/")
	request, err := messageOf(rpc+"Request", text)
	if err != nil {
		return method{}, err
	}
	noun := strings.TrimSuffix(service, "Service")
	short := rpc
	for _, ending := range []string{noun, noun + "s"} {
		short = cmp.Or(strings.TrimSuffix(short, ending), short)
	}
	members := reflect.ValueOf(client.Services)
	for i := range members.NumField() {
		member := members.Field(i)
		if !isNamed(member.Type().Elem().Name(), service) {
			continue
		}
		for j := range member.NumMethod() {
			if isNamed(member.Type().Method(j).Name, short) {
				m := method{member.Method(j), reflect.New(member.Method(j).Type().In(1)).Elem()}
				return m, fillParams(m.params, reflect.ValueOf(request).Elem(), maskOf(request))
			}
		}
	}
	return method{}, fmt.Errorf("the client has no %s", name)
}

// messageOf reads a message from JSON.
func messageOf(name string, text []byte) (proto.Message, error) {
	fullName := protoreflect.FullName("s2s.v1." + name)
	kind, err := protoregistry.GlobalTypes.FindMessageByName(fullName)
	if err != nil {
		return nil, err
	}
	message := kind.New().Interface()
	return message, protojson.Unmarshal(text, message)
}

// call makes the call, and returns its response, or nil and the items of a list.
func (m method) call(
	ctx context.Context,
) (response proto.Message, items []proto.Message, err error) {
	returned := m.function.Call([]reflect.Value{reflect.ValueOf(ctx), m.params})
	if len(returned) == 2 {
		err, _ = returned[1].Interface().(error)
		if err != nil {
			return nil, nil, err
		}
		return returned[0].Interface().(proto.Message), nil, nil
	}
	err = each(returned[0], func(item proto.Message) (more bool, err error) {
		items = append(items, item)
		return true, nil
	})
	return nil, items, err
}

// each makes a call that has many answers, and does something with each, until there are no more.
func (m method) each(ctx context.Context, do func(proto.Message) (more bool, err error)) error {
	return each(m.function.Call([]reflect.Value{reflect.ValueOf(ctx), m.params})[0], do)
}

func each(answers reflect.Value, do func(proto.Message) (more bool, err error)) error {
	for item, failed := range answers.Seq2() {
		if err, _ := failed.Interface().(error); err != nil {
			return err
		}
		if more, err := do(item.Interface().(proto.Message)); err != nil || !more {
			return err
		}
	}
	return nil
}

// maskOf returns the fields that a request changes, or nil if the request is not a change.
func maskOf(request proto.Message) []string {
	change, ok := request.(interface{ GetUpdateMask() *fieldmaskpb.FieldMask })
	if !ok {
		return nil
	}
	return append([]string{"id"}, change.GetUpdateMask().GetPaths()...)
}

// fillParams fills parameters from the fields of a message. A message that is no parameter stands
// for its fields, of which only those of the mask are given, if there is a mask.
func fillParams(params, message reflect.Value, mask []string) error {
	for i := range message.NumField() {
		field, name := message.Field(i), message.Type().Field(i).Name
		if !message.Type().Field(i).IsExported() || field.IsZero() || name == "UpdateMask" {
			continue
		}
		if field.Kind() == reflect.Interface {
			// The alternative that is set, in a struct of its own.
			field = field.Elem().Elem()
			name, field = field.Type().Field(0).Name, field.Field(0)
		}
		param := params.FieldByNameFunc(func(param string) bool { return isNamed(param, name) })
		var err error
		switch {
		case param.IsValid():
			err = set(param, field)
		case field.Kind() == reflect.Pointer:
			err = fillParams(params, masked(field, mask).Elem(), nil)
		default:
			err = fmt.Errorf("there is no such parameter")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// masked returns a copy of a message without the fields that are not in the mask.
func masked(message reflect.Value, mask []string) reflect.Value {
	copied := proto.Clone(message.Interface().(proto.Message))
	fields := copied.ProtoReflect().Descriptor().Fields()
	for i := range fields.Len() {
		if mask != nil && !slices.Contains(mask, string(fields.Get(i).Name())) {
			copied.ProtoReflect().Clear(fields.Get(i))
		}
	}
	return reflect.ValueOf(copied)
}

// set converts the value of a message's field to that of a parameter.
func set(param, value reflect.Value) error {
	if value.Type().AssignableTo(param.Type()) {
		param.Set(value)
		return nil
	}
	switch message := value.Interface().(type) {
	case *timestamppb.Timestamp:
		if param.Type() == reflect.TypeFor[time.Time]() {
			param.Set(reflect.ValueOf(message.AsTime()))
			return nil
		}
	case *durationpb.Duration:
		param.Set(reflect.ValueOf(new(message.AsDuration())))
		return nil
	case proto.Message:
		// A message that is only a list.
		return set(param, reflect.Indirect(value).FieldByName("Ids"))
	}
	switch param.Kind() {
	case reflect.Pointer:
		param.Set(reflect.New(param.Type().Elem()))
		return set(param.Elem(), value)
	case reflect.Slice:
		param.Set(reflect.MakeSlice(param.Type(), value.Len(), value.Len()))
		for i := range value.Len() {
			if err := fillParams(param.Index(i), value.Index(i).Elem(), nil); err != nil {
				return err
			}
		}
		return nil
	default:
		return fmt.Errorf("%v instead of %v", value.Type(), param.Type())
	}
}

// isNamed compares names without their case, because Go writes words such as Id in capitals.
func isNamed(name, wanted string) bool {
	return strings.EqualFold(name, wanted)
}
