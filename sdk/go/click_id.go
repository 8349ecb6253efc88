package s2s

import (
	"strings"
	"unicode"
)

const (
	clickIDCharacters = 40
	// Crockford's base32, in lower case.
	clickIDAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"
)

// NormaliseClickID returns a click id as it was minted: in lower case, without blanks and quotes
// around it. It returns false if the text can't be a click id. Only the server can tell whether a
// click id is genuine.
func NormaliseClickID(text string) (string, bool) {
	text = strings.TrimFunc(text, func(character rune) bool {
		return unicode.IsSpace(character) || character == '"' || character == '\''
	})
	// Not strings.ToLower: letters outside ASCII are not allowed, even if their lower case is in
	// ASCII.
	lower := []byte(text)
	for i, character := range lower {
		if 'A' <= character && character <= 'Z' {
			lower[i] = character - 'A' + 'a'
		}
	}
	text = string(lower)
	if len(text) != clickIDCharacters || strings.Trim(text, clickIDAlphabet) != "" {
		return "", false
	}
	return text, true
}
