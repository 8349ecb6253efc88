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

// NormaliseClickID returns a click id as it was minted: in lower case, without blanks and quotes around
// it. False: no click id looks like that. Whether one that does is genuine, the server alone can say.
func NormaliseClickID(text string) (string, bool) {
	text = strings.TrimFunc(text, func(character rune) bool {
		return unicode.IsSpace(character) || character == '"' || character == '\''
	})
	// Not strings.ToLower: letters beyond ASCII have no place here, whatever their lower case is.
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
