package main

import (
	"strings"
	"unicode"

	"google.golang.org/protobuf/compiler/protogen"
)

// initialisms are the words that Go writes in capitals.
var initialisms = map[string]string{
	"api": "API", "http": "HTTP", "https": "HTTPS", "id": "ID", "ids": "IDs", "json": "JSON",
	"url": "URL", "urls": "URLs",
}

// shortTypes are the types whose names are shorter than in the schema.
var shortTypes = map[string]string{"ErrorReason": "Reason"}

// shortValues are the values whose names differ from the schema, because the value has another
// meaning for users.
var shortValues = map[string]string{"ERROR_REASON_UNSPECIFIED": "Unknown"}

// goName returns a name in Go's habit, from one such as conversion_code_id or ConversionCodeId.
func goName(name string) string {
	var words []string
	start := 0
	cut := func(end int) {
		if word := strings.Trim(name[start:end], "_"); word != "" {
			words = append(words, word)
		}
		start = end
	}
	for i, character := range name {
		if character == '_' || unicode.IsUpper(character) {
			cut(i)
		}
	}
	cut(len(name))
	for i, word := range words {
		lower := strings.ToLower(word)
		capitals, ok := initialisms[lower]
		if !ok {
			capitals = strings.ToUpper(lower[:1]) + lower[1:]
		}
		words[i] = capitals
	}
	return strings.Join(words, "")
}

// typeName returns the name of a message or enum in the layer.
func typeName(ident protogen.GoIdent) string {
	if short, ok := shortTypes[ident.GoName]; ok {
		return short
	}
	return goName(ident.GoName)
}

// constantName returns the name of a value in the layer, such as ConversionStatusPending.
func constantName(value *protogen.EnumValue) string {
	name := string(value.Desc.Name())
	short, ok := shortValues[name]
	if !ok {
		prefix := screaming(string(value.Parent.Desc.Name())) + "_"
		short = goName(strings.ToLower(strings.TrimPrefix(name, prefix)))
	}
	return typeName(value.Parent.GoIdent) + short
}

// screaming returns a name such as CONVERSION_STATUS.
func screaming(name string) string {
	var made strings.Builder
	for i, character := range name {
		if i > 0 && unicode.IsUpper(character) {
			made.WriteByte('_')
		}
		made.WriteRune(unicode.ToUpper(character))
	}
	return made.String()
}
