package main

import (
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/pluginpb"
)

const (
	required   = annotations.FieldBehavior_REQUIRED
	outputOnly = annotations.FieldBehavior_OUTPUT_ONLY
	identifier = annotations.FieldBehavior_IDENTIFIER
)

// pluginFor returns a plugin for a schema with one call. The fields of its request and of its
// response are separated by blanks; each is a name, or a name, a colon and the name of a message.
// A star at the end marks a repeated field, and an exclamation mark a field of a type without a
// rule.
func pluginFor(t *testing.T, noun, call, request, response string) *protogen.Plugin {
	t.Helper()
	file := &descriptorpb.FileDescriptorProto{
		Name: new("gift_service.proto"), Package: new("s2s.v1"), Syntax: new("proto3"),
		Options: &descriptorpb.FileOptions{GoPackage: new("s2s.example/sdk-go/gen/s2s/v1;s2sv1")},
		MessageType: []*descriptorpb.DescriptorProto{
			messageFor(noun, "id label url"), messageFor("GiftFilter", "label"),
			messageFor(call+"Request", request), messageFor(call+"Response", response),
		},
		Service: []*descriptorpb.ServiceDescriptorProto{{
			Name: new(noun + "Service"),
			Method: []*descriptorpb.MethodDescriptorProto{{
				Name: &call, InputType: new(".s2s.v1." + call + "Request"),
				OutputType: new(".s2s.v1." + call + "Response"),
			}},
		}},
	}
	for i, behavior := range []annotations.FieldBehavior{identifier, required, outputOnly} {
		options, behaviors := &descriptorpb.FieldOptions{}, []annotations.FieldBehavior{behavior}
		proto.SetExtension(options, annotations.E_FieldBehavior, behaviors)
		file.MessageType[0].Field[i].Options = options
	}
	plugin, err := protogen.Options{}.New(&pluginpb.CodeGeneratorRequest{
		FileToGenerate: []string{file.GetName()},
		ProtoFile:      []*descriptorpb.FileDescriptorProto{file},
	})
	if err != nil {
		t.Fatal(err)
	}
	return plugin
}

func messageFor(name, fields string) *descriptorpb.DescriptorProto {
	message := &descriptorpb.DescriptorProto{Name: &name}
	for i, text := range strings.Fields(fields) {
		name, kind, isMessage := strings.Cut(strings.Trim(text, "*!"), ":")
		field := &descriptorpb.FieldDescriptorProto{
			Name: &name, Number: new(int32(i + 1)),
			Type:  descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum(),
			Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
		}
		if isMessage {
			field.Type = descriptorpb.FieldDescriptorProto_TYPE_MESSAGE.Enum()
			field.TypeName = new(".s2s.v1." + kind)
		}
		if strings.Contains(text, "*") {
			field.Label = descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum()
		}
		if strings.Contains(text, "!") {
			field.Type = descriptorpb.FieldDescriptorProto_TYPE_DOUBLE.Enum()
		}
		message.Field = append(message.Field, field)
	}
	return message
}

func TestCallsBecomeMethods(t *testing.T) {
	for _, row := range []struct {
		noun, call, request, response string
		member, method                string
		kind                          kind
		parameters                    string
	}{
		{
			"Gift", "CreateGift", "gift:Gift request_id", "",
			"Gifts", "Create", unary, "Label RequestID",
		},
		{
			"Gift", "UpdateGift", "gift:Gift update_mask", "",
			"Gifts", "Update", update, "ID Label",
		},
		{
			"Gift", "ListGifts", "page_size page_token filter:GiftFilter", "gifts:Gift*",
			"Gifts", "List", list, "PageSize Label",
		},
		{"Gift", "BatchWrapGifts", "gifts:Gift*", "", "Gifts", "BatchWrap", unary, "Gifts"},
		{"Gift", "RotateGiftKey", "", "", "Gifts", "RotateGiftKey", unary, ""},
		{"Gift", "Gift", "gift:Gift", "", "Gifts", "Gift", unary, "Gift"},
		{"ApiKey", "GetApiKey", "api_key_id", "", "APIKeys", "Get", unary, "APIKeyID"},
		{"ApiKey", "GetKeyUrl", "allowed_ids", "", "APIKeys", "GetKeyURL", unary, "AllowedIDs"},
	} {
		s, err := readSchema(pluginFor(t, row.noun, row.call, row.request, row.response).Files)
		if err != nil {
			t.Errorf("%s: %v", row.call, err)
			continue
		}
		made := s.services[0].calls[0]
		var parameters []string
		for _, p := range made.parameters {
			parameters = append(parameters, p.name)
		}
		member := s.services[0].member
		if member != row.member || made.name != row.method || made.kind != row.kind ||
			strings.Join(parameters, " ") != row.parameters {
			t.Errorf("%s: %s.%s %d %v", row.call, member, made.name, made.kind, parameters)
		}
	}
}

func TestAStreamWithAResumeTokenIsAWatch(t *testing.T) {
	for _, row := range []struct {
		call, request string
		expected      string
	}{
		{"WatchGifts", "filter:GiftFilter resume_token", ""},
		{"SendGifts", "filter:GiftFilter", "streams of this kind have no rule yet"},
	} {
		plugin := pluginFor(t, "Gift", row.call, row.request, "gift:Gift resume_token")
		plugin.Request.ProtoFile[0].Service[0].Method[0].ServerStreaming = new(true)
		plugin, err := protogen.Options{}.New(plugin.Request)
		if err != nil {
			t.Fatal(err)
		}
		s, err := readSchema(plugin.Files)
		if row.expected != "" {
			if err == nil || !strings.Contains(err.Error(), row.expected) {
				t.Errorf("%s: %v", row.call, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		made := s.services[0].calls[0]
		if made.name != "Watch" || made.kind != watch || len(made.parameters) != 2 {
			t.Errorf("%s: %s %d %v", row.call, made.name, made.kind, made.parameters)
		}
	}
}

func TestSchemasWithoutARuleAreRefused(t *testing.T) {
	for _, row := range []struct{ call, request, response, expected string }{
		{"CreateGift", "gift:Gift label", "", "the name of the parameter Label clashes"},
		{"CreateGift", "gift:Gift filter:GiftFilter", "", "more than one field has fields"},
		{"UpdateGift", "update_mask", "", "an update needs a field with the Gift"},
		{"ListGifts", "page_size", "gifts:Gift*", "a list needs a page_token"},
		{"ListGifts", "page_token", "", "it is not clear which field of ListGiftsResponse"},
		{"ListGifts", "page_token", "a:Gift* b:Gift*", "it is not clear which field"},
		{"GetGift", "size!", "", "fields of the type double have no rule yet"},
	} {
		err := generate(pluginFor(t, "Gift", row.call, row.request, row.response))
		if err == nil || !strings.Contains(err.Error(), row.expected) {
			t.Errorf("%s(%s): %v", row.call, row.request, err)
		}
	}
}

func TestCommentsNameElementsAsGoDoes(t *testing.T) {
	w := writer{schema: &schema{
		links: map[string]string{
			"RecordClick": "ClickService.Record", "CHECK_MODE_OFF": "CheckModeOff",
		},
		fields: map[string]string{"click_id": "ClickId"},
	}}
	field := pluginFor(t, "Gift", "GetGift", "click_id", "").Files[0].Messages[2].Fields[0]
	c := &call{parameters: []*parameter{{Field: field, name: "ClickID"}}}
	for _, row := range []struct {
		text, expected string
		call           *call
	}{
		{"Id of the `click_id`.", "Id of the ClickId.", nil},
		{"Id of the `click_id`.", "Id of the ClickID.", c},
		{"See `RecordClick`.", "See [ClickService.Record].", nil},
		{"See `ClickService.RecordClick`.", "See [ClickService.Record].", c},
		{"Off: `CHECK_MODE_OFF`.", "Off: [CheckModeOff].", nil},
		{"Such as `a&b` or `x`.", "Such as `a&b` or `x`.", c},
		{"Changes those that\n `update_mask` names.", "Changes those that are given.", c},
		{" One\n line.\n\n Another.\n", "One line.\n\nAnother.", nil},
	} {
		if made := w.text(protogen.Comments(row.text), row.call); made != row.expected {
			t.Errorf("%q instead of %q", made, row.expected)
		}
	}
}

func TestNamesAreInGosHabit(t *testing.T) {
	for name, expected := range map[string]string{
		"conversion_code_id": "ConversionCodeID",
		"ConversionCodeIds":  "ConversionCodeIDs",
		"ApiKeyService":      "APIKeyService",
		"GetPostbackUrl":     "GetPostbackURL",
		"https_check":        "HTTPSCheck",
		"identity":           "Identity",
	} {
		if made := goName(name); made != expected {
			t.Errorf("%s: %s", name, made)
		}
	}
}
