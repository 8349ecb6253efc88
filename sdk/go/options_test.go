package s2s_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"

	s2s "s2s.example/sdk-go"
)

// TestMain removes the variables that clients read, so that no test depends on the caller's.
func TestMain(m *testing.M) {
	for _, name := range []string{"S2S_ENDPOINT", "S2S_API_KEY"} {
		if err := os.Unsetenv(name); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

func TestTheEnvironmentIsReadWhereOptionsSayNothing(t *testing.T) {
	f := &fake{}
	listener := listen(t)
	f.serve(t, listener)
	endpoint := "http://" + listener.Addr().String()
	for _, row := range []struct {
		endpoint, key string
		option        s2s.Option
		expected      []string
	}{
		{endpoint, "", s2s.WithRetries(0), nil},
		{endpoint, "of-variable", s2s.WithRetries(0), []string{"Bearer of-variable"}},
		{endpoint, "of-variable", s2s.WithAPIKey("of-option"), []string{"Bearer of-option"}},
		{"http://127.0.0.1:1", "", s2s.WithEndpoint(endpoint), nil},
	} {
		t.Setenv("S2S_ENDPOINT", row.endpoint)
		t.Setenv("S2S_API_KEY", row.key)
		client, err := s2s.New(row.option)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(record(t, client), client.Close()); err != nil {
			t.Fatal(err)
		}
		received := f.metadata[len(f.metadata)-1]
		if keys := received.Get("authorization"); !slices.Equal(keys, row.expected) {
			t.Errorf("%+v: %q", row, keys)
		}
	}
	t.Setenv("S2S_ENDPOINT", "")
	if shown := fmt.Sprint(newClientOf(t)); shown != "s2s.Client(dns:///127.0.0.1:8080)" {
		t.Error(shown)
	}
	t.Setenv("S2S_API_KEY", "two words")
	if _, err := s2s.New(); !errors.Is(err, s2s.ErrAPIKeyInvalid) {
		t.Error(err)
	}
}

func TestTheUserAgentNamesTheSDK(t *testing.T) {
	f := &fake{}
	if err := record(t, startFake(t, f)); err != nil {
		t.Fatal(err)
	}
	agents := f.metadata[0].Get("user-agent")
	if len(agents) != 1 || !strings.HasPrefix(agents[0], "s2s-sdk-go/"+s2s.Version+" grpc-go/") {
		t.Error(agents)
	}
}

func TestEachAttemptThatIsTriedAgainIsLogged(t *testing.T) {
	var logged bytes.Buffer
	handler := slog.NewJSONHandler(&logged, nil)
	f := &fake{script: []answer{fail(unavailable()), overloaded(time.Millisecond)}}
	client := startFake(t, f, s2s.WithLogger(slog.New(handler)), s2s.WithAPIKey("s3cret"))
	if err := record(t, client); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(logged.String(), "s3cret") {
		t.Error(logged.String())
	}
	decoder := json.NewDecoder(&logged)
	for i, reason := range []string{"UNAVAILABLE", "OVERLOADED"} {
		var line struct {
			Level, Call, Reason string
			Attempt             int
			Pause               time.Duration
		}
		if err := decoder.Decode(&line); err != nil {
			t.Fatal(err)
		}
		if line.Level != "INFO" || line.Call != "s2s.v1.ConversionService/RecordConversion" ||
			line.Reason != reason || line.Attempt != i+1 || line.Pause < 50*time.Millisecond {
			t.Errorf("%+v", line)
		}
	}
	if decoder.More() {
		t.Error("a call that succeeded was logged")
	}
	f = &fake{script: []answer{fail(unavailable())}}
	if err := record(t, startFake(t, f, s2s.WithLogger(nil))); err != nil {
		t.Error(err)
	}
}

func TestEndpointsAreChecked(t *testing.T) {
	for endpoint, expected := range map[string]error{
		"http://127.0.0.1:8080":        nil,
		"http://127.0.0.1:8080/":       nil,
		"http://[::1]:8080":            nil,
		"HTTP://localhost":             nil,
		"https://t.example":            nil,
		"HTTPS://t.example:443":        nil,
		"https://t.example:65535":      nil,
		"https://t.example:65536":      s2s.ErrEndpointInvalid,
		"https://t.example:0":          s2s.ErrEndpointInvalid,
		"https://t.example:http":       s2s.ErrEndpointInvalid,
		"https://t.example/api":        s2s.ErrEndpointInvalid,
		"https://t.example//":          s2s.ErrEndpointInvalid,
		"":                             s2s.ErrEndpointInvalid,
		"http://":                      s2s.ErrEndpointInvalid,
		"http://:8080":                 s2s.ErrEndpointInvalid,
		"localhost:8080":               s2s.ErrEndpointInvalid,
		"127.0.0.1":                    s2s.ErrEndpointInvalid,
		"/s2s":                         s2s.ErrEndpointInvalid,
		"ftp://t.example":              s2s.ErrEndpointInvalid,
		"unix:///run/s2s":              s2s.ErrEndpointInvalid,
		"http:t.example":               s2s.ErrEndpointInvalid,
		"http://t.example?x=1":         s2s.ErrEndpointInvalid,
		"http://t.example?":            s2s.ErrEndpointInvalid,
		"http://t.example#":            s2s.ErrEndpointInvalid,
		"http://t .example":            s2s.ErrEndpointInvalid,
		" http://t.example":            s2s.ErrEndpointInvalid,
		"http://me:s3cret@t.example":   s2s.ErrEndpointInvalid,
		"http://me:s3cret@t.example/%": s2s.ErrEndpointInvalid,
	} {
		client, err := s2s.New(s2s.WithEndpoint(endpoint))
		if !errors.Is(err, expected) || (client == nil) != (err != nil) {
			t.Errorf("%q: %v", endpoint, err)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Error(err)
		}
		if client != nil {
			_ = client.Close()
		}
	}
}

func TestAPIKeysAreCheckedAndNeverShown(t *testing.T) {
	for _, key := range []string{
		"", " ", "key\n", "two words", "schl\u00fcssel", "\x7f", "key\x00",
	} {
		if _, err := s2s.New(s2s.WithAPIKey(key)); !errors.Is(err, s2s.ErrAPIKeyInvalid) {
			t.Errorf("%q: %v", key, err)
		}
	}
	option := s2s.WithAPIKey("s3cret")
	client := newClient(t, "http://127.0.0.1:1", option, s2s.WithRetries(0))
	err := record(t, client)
	if shown := fmt.Sprint(client); shown != "s2s.Client(dns:///127.0.0.1:1)" {
		t.Error(shown)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		for _, shown := range []any{client, *client, option, err} {
			if text := fmt.Sprintf(verb, shown); strings.Contains(text, "s3cret") {
				t.Errorf("%s of %T: %s", verb, shown, text)
			}
		}
	}
}

func TestATimeoutLeavesTime(t *testing.T) {
	for _, timeout := range []time.Duration{0, -1} {
		if _, err := s2s.New(s2s.WithTimeout(timeout)); err == nil {
			t.Errorf("%v", timeout)
		}
	}
}

func TestCertificatesAreChecked(t *testing.T) {
	nothing := []byte("-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n")
	certificate, key := selfSigned(t)
	_, otherKey := selfSigned(t)
	http, https := s2s.WithEndpoint("http://t.example"), s2s.WithEndpoint("https://t.example")
	for name, made := range map[string]func() (*s2s.Client, error){
		"an authority over http": func() (*s2s.Client, error) {
			return s2s.New(http, s2s.WithCACertificate(certificate))
		},
		"an identity over http": func() (*s2s.Client, error) {
			return s2s.New(http, s2s.WithIdentity(certificate, key))
		},
		"no certificate": func() (*s2s.Client, error) {
			return s2s.New(https, s2s.WithCACertificate(nothing))
		},
		"no key": func() (*s2s.Client, error) {
			return s2s.New(https, s2s.WithIdentity(certificate, nothing))
		},
		"another's key": func() (*s2s.Client, error) {
			return s2s.New(https, s2s.WithIdentity(certificate, otherKey))
		},
	} {
		if _, err := made(); !errors.Is(err, s2s.ErrTLSInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTLSNeedsAnAuthorityAndShowsAnIdentity(t *testing.T) {
	certificate, key := selfSigned(t)
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		t.Fatal(err)
	}
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM(certificate)
	listener := listen(t)
	endpoint := "https://" + listener.Addr().String()
	(&fake{}).serve(t, listener, grpc.Creds(credentials.NewTLS(&tls.Config{
		Certificates: []tls.Certificate{pair},
		ClientAuth:   tls.RequireAndVerifyClientCert,
		ClientCAs:    authorities,
	})))
	authority, identity := s2s.WithCACertificate(certificate), s2s.WithIdentity(certificate, key)
	if err := record(t, newClient(t, endpoint, authority, identity)); err != nil {
		t.Error(err)
	}
	for name, options := range map[string][]s2s.Option{
		"a stranger's server": {identity, s2s.WithRetries(0)},
		"no identity":         {authority, s2s.WithRetries(0)},
	} {
		err := record(t, newClient(t, endpoint, options...))
		if err == nil {
			t.Errorf("%s was let in", name)
			continue
		}
		expectError(t, err, codes.Unavailable, s2s.ReasonUnavailable)
	}
}

// selfSigned makes a certificate for 127.0.0.1 and its key, both in PEM.
func selfSigned(t *testing.T) (certificate, key []byte) {
	t.Helper()
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		NotAfter:              time.Now().Add(time.Hour),
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{
			x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth,
		},
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, secret.Public(), secret)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})
}
