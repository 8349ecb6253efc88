package s2s

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	// SignatureTolerance is the difference between the time of signing and the present time that
	// the server accepts.
	SignatureTolerance = 300 * time.Second
	signatureMark      = "&sig="
)

// SignPostback returns a postback URL with the time and its signature appended, for merchants who
// call it from their own server and whose conversion code checks signatures.
//
// The url has all parameters filled in and percent-encoded, and no fragment. The body is that of a
// POST, or empty. The secret is the one that [ConversionCodeService.RotatePostbackSecret]
// returned. The argument now is the present time; the server accepts the signature for
// [SignatureTolerance].
func SignPostback(url string, body []byte, secret string, now time.Time) string {
	separator := "?"
	if strings.Contains(url, "?") {
		separator = "&"
	}
	url = fmt.Sprintf("%s%sts=%d", url, separator, now.Unix())
	_, query, _ := strings.Cut(url, "?")
	return fmt.Sprintf("%s%s%x", url, signatureMark, signature(query, body, secret))
}

// VerifyPostback returns true if the URL has a valid signature whose time differs from now by at
// most the tolerance. The time may lie in the future, since clocks differ. The server's own
// tolerance is [SignatureTolerance].
//
// The signedURL is the URL, or only its path and query, byte for byte as it arrived. The body is
// that of a POST, or empty. The same signature is valid again within the tolerance: to count a call
// once, remember its sig.
func VerifyPostback(
	signedURL string, body []byte, secret string, now time.Time, tolerance time.Duration,
) bool {
	_, query, _ := strings.Cut(signedURL, "?")
	end := strings.LastIndex(query, signatureMark)
	if end < 0 {
		return false
	}
	// DecodeString reads lower and upper case. Equal refuses another length.
	given, err := hex.DecodeString(query[end+len(signatureMark):])
	signed := query[:end]
	if err != nil || !hmac.Equal(given, signature(signed, body, secret)) {
		return false
	}
	seconds, ok := signingTime(signed)
	difference := now.Unix() - seconds
	return ok && max(difference, -difference) <= int64(tolerance/time.Second)
}

// signature returns the signature of a query before its mark, and of the body of a POST.
func signature(query string, body []byte, secret string) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(query))
	if len(body) > 0 {
		mac.Write([]byte("\n"))
		mac.Write(body)
	}
	return mac.Sum(nil)
}

// signingTime returns the time in a query, in seconds since 1970. It returns false if the query has
// no time or several.
func signingTime(query string) (seconds int64, ok bool) {
	text, found := "", false
	for parameter := range strings.SplitSeq(query, "&") {
		value, isTime := strings.CutPrefix(parameter, "ts=")
		if !isTime {
			continue
		}
		if found && value != text {
			return 0, false
		}
		text, found = value, true
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	return seconds, err == nil && isDigits(text)
}
