package main

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"google.golang.org/protobuf/compiler/protogen"
)

// columns is the width of a line, with an indentation of one tab.
const columns = 92

// closing has the sentences for all methods of a kind.
var closing = map[kind]string{
	update: `

A field that is given can have its default value. A time that is zero, and a message that is empty,
clear their field.`,
	list: `

Each page is fetched when it is reached, with its own retries and timeout. After an error, which
comes without an item, there are no more items.`,
	stream: `

There is one result for each item, in their order; [Result] reads it. The items are read in another
goroutine, and nothing is sent again automatically. The only deadline is that of the context. Ending
the loop cancels the call. After an error there are no more results.`,
	watch: `

After a failure that may pass, the stream goes on by itself behind the last message. Any other
error ends it, and comes without a message. To go on later, or in another process, keep the
ResumeToken of the last message that you have dealt with. The only deadline is that of the context.
Ending the loop cancels the call.`,
}

var marked = regexp.MustCompile("`([A-Za-z_0-9.]+)`")

// comment writes a comment with its lines wrapped. Paragraphs are separated by an empty line.
func (w writer) comment(text string) {
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			w.P("//")
		}
		line := "//"
		for word := range strings.FieldsSeq(paragraph) {
			longer := line + " " + word
			if line != "//" && utf8.RuneCountInString(longer) > columns {
				w.P(line)
				longer = "// " + word
			}
			line = longer
		}
		w.P(line)
	}
}

// text returns a comment of the schema, each paragraph in one line, with the names that the
// elements have in Go. For a method, the names of its parameters come before those of the messages'
// fields.
func (w writer) text(comments protogen.Comments, c *call) string {
	parameters := map[string]string{}
	if c != nil && c.inlined != nil {
		// The parameters have no such name.
		name := string(c.inlined.Desc.Name())
		parameters[name] = "`" + name + "`"
	}
	if c != nil {
		for _, p := range c.parameters {
			parameters[string(p.Desc.Name())] = p.name
		}
	}
	paragraphs := strings.Split(string(comments), "\n\n")
	for i, paragraph := range paragraphs {
		paragraphs[i] = strings.Join(strings.Fields(paragraph), " ")
	}
	text := strings.TrimSpace(strings.Join(paragraphs, "\n\n"))
	text = strings.ReplaceAll(text, "that `update_mask` names", "that are given")
	return marked.ReplaceAllStringFunc(text, func(match string) string {
		name := strings.Trim(match, "`")
		if link, ok := w.schema.links[name[strings.LastIndex(name, ".")+1:]]; ok {
			return "[" + link + "]"
		}
		if parameter, ok := parameters[name]; ok {
			return parameter
		}
		if field, ok := w.schema.fields[name]; ok {
			return field
		}
		return match
	})
}

func (w writer) methodText(c *call) string {
	text := c.name + " " + lowerFirst(w.text(c.Comments.Leading, c))
	if c.kind == watch && c.inlined != nil {
		// The filter may have conditions here that its fields do not name.
		text += "\n\n" + w.text(c.inlined.Comments.Leading, c)
	}
	return text + closing[c.kind]
}

// parameterText returns the comment of a parameter, and says which parameters exclude it, and
// whether it is required.
func (w writer) parameterText(c *call, p *parameter) string {
	var excluded, instead []string
	for _, other := range c.parameters {
		isAlternative := p.choice() != nil && other != p && other.choice() == p.choice()
		if isAlternative || replaces(c, p, other) {
			excluded = append(excluded, other.name)
		}
		if replaces(c, other, p) {
			instead = append(instead, other.name)
		}
	}
	text := w.text(p.Comments.Leading, c)
	if len(excluded) > 0 {
		text += " Not together with " + enumerated(excluded) + "."
	}
	if p.isRequired && len(instead) > 0 {
		text += " Required without " + enumerated(instead) + "."
	} else if p.isRequired {
		text += " Required."
	}
	return text
}

// replaces returns true if the parameter is an alternative to the message that the other parameter
// belongs to.
func replaces(c *call, p, other *parameter) bool {
	return p.choice() != nil && !p.isInlined && other.isInlined && choiceOf(c.inlined) == p.choice()
}

// named returns a comment of a type, which begins with its name.
func named(name, text string) string {
	return name + ": " + lowerFirst(text)
}

// lowerFirst begins a text with a small letter, unless its first word is in capitals.
func lowerFirst(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if second, _ := utf8.DecodeRuneInString(text[size:]); unicode.IsUpper(second) {
		return text
	}
	return string(unicode.ToLower(first)) + text[size:]
}

func enumerated(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
