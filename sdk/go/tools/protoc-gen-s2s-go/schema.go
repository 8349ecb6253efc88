package main

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// times are the fields of filters that no stream can have.
var times = []string{"time", "start_time", "end_time"}

// A kind is the shape of a method.
type kind int

const (
	unary kind = iota
	update
	list
	stream
	watch
)

// A schema holds the elements of the schema for which the plugin writes code.
type schema struct {
	services []*service
	// The messages that users see: requests and pages are not among them.
	messages []*protogen.Message
	enums    []*protogen.Enum
	// The calls by the full names of their requests.
	byRequest map[protoreflect.FullName]*call
	// The names in Go of the elements that comments name: messages, enum values and calls.
	links map[string]string
	// The fields of all messages, with their Go names.
	fields map[string]string
}

// A service is a member of the client.
type service struct {
	*protogen.Service
	// name is that of the type, and member that of the client's field: the noun in the plural.
	name, member string
	calls        []*call
}

// A call is a method.
type call struct {
	*protogen.Method
	kind kind
	// name is that of the method, and params that of the struct with its parameters.
	name, params string
	// inlined is the field whose message's fields are parameters.
	inlined    *protogen.Field
	parameters []*parameter
	// item is the field with the items of a page, or with the result in the response of a stream.
	item *protogen.Field
	// request is the field with the request in a message to a stream.
	request *protogen.Field
}

// A parameter is a field of the request, or of the message that is inlined.
type parameter struct {
	*protogen.Field
	name       string
	isInlined  bool
	isRequired bool
	// isChange is true for a field that an update may change.
	isChange bool
}

// readSchema reads the methods by the rules that all SDKs share.
//
//   - A service is a member of the client: its noun in the plural, ConversionCodes.
//   - A call is a method: the call's name without the service's noun at its end, so
//     ListConversionCodes is List.
//   - The fields of the request are the parameters. If a field is the service's own resource, a new
//     resource such as NewConversion, or a filter, the fields within it are parameters instead.
//   - An update takes the id and the fields to change, and makes the mask from them.
//   - A list yields the items of all pages.
//   - A call that answers with a stream, and goes on behind a resume token, yields all messages.
func readSchema(files []*protogen.File) (*schema, error) {
	s := &schema{
		byRequest: map[protoreflect.FullName]*call{},
		links:     map[string]string{}, fields: map[string]string{},
	}
	hidden := map[*protogen.Message]bool{}
	for _, file := range files {
		if !file.Generate {
			continue
		}
		for _, described := range file.Services {
			made, err := readService(described)
			if err != nil {
				return nil, err
			}
			s.services = append(s.services, made)
			for _, c := range made.calls {
				s.byRequest[c.Input.Desc.FullName()] = c
				s.links[string(c.Desc.Name())] = made.name + "." + c.name
				hidden[c.Input] = true
				hidden[c.Output] = c.kind == list || c.kind == stream
				if c.inlined != nil && c.inlined.Message.GoIdent.GoName != noun(described) {
					hidden[c.inlined.Message] = true
				}
			}
		}
	}
	slices.SortFunc(s.services, func(a, b *service) int { return strings.Compare(a.name, b.name) })
	for _, file := range files {
		if file.Generate {
			s.readTypes(file, hidden)
		}
	}
	return s, nil
}

func (s *schema) readTypes(file *protogen.File, hidden map[*protogen.Message]bool) {
	for _, message := range file.Messages {
		for _, field := range message.Fields {
			s.fields[string(field.Desc.Name())] = field.GoName
		}
		if !hidden[message] && onlyList(message) == nil {
			s.messages = append(s.messages, message)
			s.links[string(message.Desc.Name())] = typeName(message.GoIdent)
		}
	}
	for _, enum := range file.Enums {
		s.enums = append(s.enums, enum)
		for _, value := range enum.Values {
			s.links[string(value.Desc.Name())] = constantName(value)
		}
	}
}

func readService(described *protogen.Service) (*service, error) {
	made := &service{
		Service: described,
		name:    goName(described.GoName), member: goName(noun(described) + "s"),
	}
	names := map[string]bool{}
	for _, method := range described.Methods {
		c, err := readCall(noun(described), method)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", described.GoName, method.GoName, err)
		}
		if names[c.name] {
			return nil, fmt.Errorf("%s: two calls have the name %s", described.GoName, c.name)
		}
		names[c.name] = true
		made.calls = append(made.calls, c)
	}
	return made, nil
}

func readCall(resource string, method *protogen.Method) (c *call, err error) {
	c = &call{Method: method}
	c.name = goName(method.GoName)
	c.params = c.name + "Params"
	for _, ending := range []string{resource + "s", resource} {
		if short, ok := strings.CutSuffix(method.GoName, ending); ok && short != "" {
			c.name = goName(short)
			break
		}
	}
	if c.kind, err = kindOf(method); err != nil {
		return nil, err
	}
	if c.inlined, err = inlinedOf(resource, c); err != nil {
		return nil, err
	}
	if c.parameters, err = parametersOf(c); err != nil {
		return nil, err
	}
	switch c.kind {
	case list:
		if method.Input.Desc.Fields().ByName("page_token") == nil {
			return nil, fmt.Errorf("a list needs a page_token")
		}
		c.item, err = onlyMessage(method.Output, true)
	case stream:
		if c.request, err = onlyMessage(method.Input, false); err == nil {
			c.item, err = onlyMessage(method.Output, false)
		}
	}
	return c, err
}

func kindOf(method *protogen.Method) (kind, error) {
	fields := method.Input.Desc.Fields()
	isFromClient, isFromServer := method.Desc.IsStreamingClient(), method.Desc.IsStreamingServer()
	switch {
	case isFromClient && isFromServer:
		return stream, nil
	case isFromServer && !isFromClient && fields.ByName("resume_token") != nil:
		return watch, nil
	case isFromClient || isFromServer:
		return 0, fmt.Errorf("streams of this kind have no rule yet")
	case strings.HasPrefix(method.GoName, "List"):
		return list, nil
	case fields.ByName("update_mask") != nil:
		return update, nil
	default:
		return unary, nil
	}
}

func inlinedOf(resource string, c *call) (found *protogen.Field, err error) {
	for _, field := range c.Input.Fields {
		if field.Message == nil || field.Desc.IsList() || field.Desc.IsMap() {
			continue
		}
		name := string(field.Message.Desc.Name())
		isOwn := name == resource && (c.kind == update || strings.HasPrefix(c.GoName, "Create"))
		if !isOwn && name != "New"+resource && !strings.HasSuffix(name, "Filter") {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("more than one field has fields that are parameters")
		}
		found = field
	}
	if found == nil && c.kind == update {
		return nil, fmt.Errorf("an update needs a field with the %s", resource)
	}
	return found, nil
}

func parametersOf(c *call) (parameters []*parameter, err error) {
	omitted := map[kind]string{update: "update_mask", list: "page_token"}[c.kind]
	for _, field := range c.Input.Fields {
		switch {
		case string(field.Desc.Name()) == omitted:
		case field == c.inlined:
			parameters = append(parameters, inlinedParameters(field.Message, c.kind)...)
		default:
			p := &parameter{Field: field, name: goName(field.GoName)}
			p.isRequired = has(field, annotations.FieldBehavior_REQUIRED)
			parameters = append(parameters, p)
		}
	}
	names := map[string]bool{}
	for _, p := range parameters {
		if names[p.name] {
			return nil, fmt.Errorf("the name of the parameter %s clashes", p.name)
		}
		names[p.name] = true
		if p.isChange && p.choice() != nil {
			return nil, fmt.Errorf("%s: alternatives in an update have no rule yet", p.name)
		}
	}
	return parameters, nil
}

func inlinedParameters(message *protogen.Message, k kind) (parameters []*parameter) {
	for _, field := range message.Fields {
		isID := has(field, annotations.FieldBehavior_IDENTIFIER)
		// A stream begins where its resume token says, so the server refuses times in its filter.
		if k == watch && slices.Contains(times, string(field.Desc.Name())) {
			continue
		}
		if has(field, annotations.FieldBehavior_OUTPUT_ONLY) || isID && k != update {
			continue
		}
		p := &parameter{Field: field, name: goName(field.GoName), isInlined: true}
		if k == update {
			p.isRequired, p.isChange = isID, !isID
		} else {
			p.isRequired = has(field, annotations.FieldBehavior_REQUIRED)
		}
		parameters = append(parameters, p)
	}
	return parameters
}

// choice returns the alternatives of which the parameter is one, or nil.
func (p *parameter) choice() *protogen.Oneof {
	return choiceOf(p.Field)
}

// choiceOf returns the alternatives of which the field is one, or nil. An optional field has a
// synthetic oneof of its own.
func choiceOf(field *protogen.Field) *protogen.Oneof {
	if field.Oneof == nil || field.Oneof.Desc.IsSynthetic() {
		return nil
	}
	return field.Oneof
}

// onlyMessage returns the message's only field that is a message, or that has messages.
func onlyMessage(message *protogen.Message, isRepeated bool) (found *protogen.Field, err error) {
	for _, field := range message.Fields {
		if field.Message == nil || field.Desc.IsMap() || field.Desc.IsList() != isRepeated {
			continue
		}
		if found != nil {
			found = nil
			break
		}
		found = field
	}
	if found == nil {
		name := message.GoIdent.GoName
		return nil, fmt.Errorf("it is not clear which field of %s has the items", name)
	}
	return found, nil
}

// onlyList returns the one field of a message that is only a list, or nil.
func onlyList(message *protogen.Message) *protogen.Field {
	if len(message.Fields) != 1 {
		return nil
	}
	only := message.Fields[0]
	if !only.Desc.IsList() || only.Message != nil {
		return nil
	}
	return only
}

func noun(described *protogen.Service) string {
	return strings.TrimSuffix(described.GoName, "Service")
}

func has(field *protogen.Field, behavior annotations.FieldBehavior) bool {
	value := proto.GetExtension(field.Desc.Options(), annotations.E_FieldBehavior)
	return slices.Contains(value.([]annotations.FieldBehavior), behavior)
}
