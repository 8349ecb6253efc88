package journey_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	s2s "s2s.example/sdk-go"
)

func TestTheVectorsOfAllSDKsAreSignedAlike(t *testing.T) {
	text, err := os.ReadFile("../../../tests/vectors/postback_signature.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Name        string
		URL         string
		Body        string
		Secret      string
		UnixSeconds int64  `json:"unix_seconds"`
		SignedURL   string `json:"signed_url"`
	}
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) < 7 {
		t.Error(len(vectors))
	}
	for _, vector := range vectors {
		now := time.Unix(vector.UnixSeconds, 0)
		signed := s2s.SignPostback(vector.URL, []byte(vector.Body), vector.Secret, now)
		if signed != vector.SignedURL {
			t.Errorf("%s: %s", vector.Name, signed)
		}
		if !s2s.VerifyPostback(signed, []byte(vector.Body), vector.Secret, now, 0) {
			t.Errorf("%s: not valid", vector.Name)
		}
	}
}
