package s2s

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"
)

// SignPostback returns a postback URL with the time and its signature appended, for merchants who
// call it from their own server and whose conversion code checks signatures.
//
// The url has all parameters filled in and percent-encoded, and no fragment. The body is that of a
// POST, or empty. The secret is the one that ConversionCodes.RotatePostbackSecret returned. The
// argument now is the present time; the server accepts the signature for 300 seconds.
func SignPostback(url string, body []byte, secret string, now time.Time) string {
	separator := "?"
	if strings.Contains(url, "?") {
		separator = "&"
	}
	url = fmt.Sprintf("%s%sts=%d", url, separator, now.Unix())
	_, query, _ := strings.Cut(url, "?")
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(query))
	if len(body) > 0 {
		mac.Write([]byte("\n"))
		mac.Write(body)
	}
	return fmt.Sprintf("%s&sig=%x", url, mac.Sum(nil))
}
