package journey_test

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

var variables = regexp.MustCompile(`\$\{([a-z_]+)\}`)

// fill returns a copy of a JSON value with ${name} in its strings replaced with the saved value.
func fill(template any, saved map[string]string) (any, error) {
	var failed error
	switch template := template.(type) {
	case string:
		return variables.ReplaceAllStringFunc(template, func(variable string) string {
			value, ok := saved[variable[2:len(variable)-1]]
			if !ok {
				failed = fmt.Errorf("nothing was saved for %s", variable)
			}
			return value
		}), failed
	case map[string]any:
		filled := map[string]any{}
		for key, value := range template {
			if filled[key], failed = fill(value, saved); failed != nil {
				return nil, failed
			}
		}
		return filled, nil
	case []any:
		filled := make([]any, len(template))
		for i, value := range template {
			if filled[i], failed = fill(value, saved); failed != nil {
				return nil, failed
			}
		}
		return filled, nil
	default:
		return template, nil
	}
}

// match compares a JSON value with a pattern: objects by the keys of the pattern, and arrays by all
// items. A pattern such as ~regex~ is a regular expression for a whole text. All other values must
// be equal.
func match(got, pattern any) error {
	switch pattern := pattern.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return fmt.Errorf("%v is not an object", got)
		}
		for key, expected := range pattern {
			if err := match(object[key], expected); err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
		}
		return nil
	case []any:
		array, ok := got.([]any)
		if !ok || len(array) != len(pattern) {
			return fmt.Errorf("%v instead of %d items", got, len(pattern))
		}
		for i, expected := range pattern {
			if err := match(array[i], expected); err != nil {
				return fmt.Errorf("%d: %w", i, err)
			}
		}
		return nil
	case string:
		if expression, ok := enclosed(pattern); ok {
			text, isText := got.(string)
			whole, err := regexp.Compile(`^(?:` + expression + `)$`)
			if err != nil {
				return err
			}
			if !isText || !whole.MatchString(text) {
				return fmt.Errorf("%v instead of %s", got, pattern)
			}
			return nil
		}
	}
	if !reflect.DeepEqual(got, pattern) {
		return fmt.Errorf("%v instead of %v", got, pattern)
	}
	return nil
}

func enclosed(pattern string) (expression string, ok bool) {
	if len(pattern) < 2 || !strings.HasPrefix(pattern, "~") || !strings.HasSuffix(pattern, "~") {
		return "", false
	}
	return pattern[1 : len(pattern)-1], true
}

// pick returns the text at a dotted path. For {"from": path, "regex": …} it returns the first group
// that the expression matches in that text.
func pick(answer, from any) (string, error) {
	path, ok := from.(string)
	var expression string
	if !ok {
		object, _ := from.(map[string]any)
		path, _ = object["from"].(string)
		expression, _ = object["regex"].(string)
		if len(object) != 2 || path == "" || expression == "" {
			return "", fmt.Errorf("%v is not a path", from)
		}
	}
	for part := range strings.SplitSeq(path, ".") {
		switch value := answer.(type) {
		case map[string]any:
			answer = value[part]
		case []any:
			number, err := strconv.Atoi(part)
			if err != nil || number < 0 || number >= len(value) {
				return "", fmt.Errorf("%s: no item %s", path, part)
			}
			answer = value[number]
		default:
			return "", fmt.Errorf("%s: nothing is in %v", path, answer)
		}
	}
	text, ok := answer.(string)
	if !ok {
		return "", fmt.Errorf("%s: %v is not a text", path, answer)
	}
	if expression == "" {
		return text, nil
	}
	compiled, err := regexp.Compile(expression)
	if err != nil {
		return "", err
	}
	groups := compiled.FindStringSubmatch(text)
	if len(groups) < 2 {
		return "", fmt.Errorf("%s does not match %s", text, expression)
	}
	return groups[1], nil
}
