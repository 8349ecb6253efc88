package s2s

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

const (
	endpointDefault = "http://127.0.0.1:8080"
	timeoutDefault  = 10 * time.Second
	retriesDefault  = 4
)

// The errors of [New].
var (
	// ErrEndpointInvalid says that the endpoint has another form than https://host:port or
	// http://host:port, in which the port may be absent.
	ErrEndpointInvalid = errors.New(
		"s2s: the endpoint must have the form https://host:port, without a path")
	// ErrAPIKeyInvalid says that the API key is empty, or has blanks or other characters that no
	// key contains.
	ErrAPIKeyInvalid = errors.New(
		"s2s: the API key is empty, or has blanks or characters that no key contains")
	// ErrTLSInvalid says that a certificate or key is not PEM, that they don't match each other, or
	// that a certificate was given though the endpoint is http://.
	ErrTLSInvalid = errors.New(
		"s2s: the certificates can't be used: they need PEM, an https endpoint, and a matching key")
)

// An Option of [New].
type Option func(*settings)

type settings struct {
	endpoint      string
	apiKey        *string
	caCertificate []byte
	identity      *identity
	timeout       time.Duration
	retries       uint
	logger        *slog.Logger
}

type identity struct{ certificate, key []byte }

func settingsFromEnvironment() settings {
	s := settings{
		endpoint: cmp.Or(os.Getenv("S2S_ENDPOINT"), endpointDefault),
		timeout:  timeoutDefault,
		retries:  retriesDefault,
		logger:   slog.New(slog.DiscardHandler),
	}
	if key := os.Getenv("S2S_API_KEY"); key != "" {
		s.apiKey = &key
	}
	return s
}

// WithEndpoint sets the server: scheme, host and at most a port, such as https://t.example, or
// http://127.0.0.1:8080 within one machine. Default: the environment's S2S_ENDPOINT, or else
// http://127.0.0.1:8080.
func WithEndpoint(endpoint string) Option {
	return func(s *settings) { s.endpoint = endpoint }
}

// WithAPIKey sets the API key, which is sent with every call. Default: the environment's
// S2S_API_KEY, or else none.
func WithAPIKey(key string) Option {
	return func(s *settings) { s.apiKey = &key }
}

// WithCACertificate sets the certificates, in PEM, of the authorities trusted to sign the server's
// certificate, in place of those that this system trusts. For https endpoints only.
func WithCACertificate(pem []byte) Option {
	return func(s *settings) { s.caCertificate = pem }
}

// WithIdentity sets the client's certificate and its private key, both in PEM, for a server that
// requires one (mTLS). For https endpoints only.
func WithIdentity(certificatePEM, keyPEM []byte) Option {
	return func(s *settings) { s.identity = &identity{certificatePEM, keyPEM} }
}

// WithTimeout sets the timeout of a call over all its attempts, for calls whose context has no
// deadline. Default: 10 seconds.
func WithTimeout(timeout time.Duration) Option {
	return func(s *settings) { s.timeout = timeout }
}

// WithRetries sets the maximum number of retries of a call. Default: 4; 0 sends every call once.
func WithRetries(retries uint) Option {
	return func(s *settings) { s.retries = retries }
}

// WithLogger sets the logger for each attempt that failed and is tried again. It logs at
// [slog.LevelInfo] the name of the call, the number of the attempt, the reason and the pause before
// the next attempt, and never a key, a request or a response. Default: nothing is logged.
func WithLogger(logger *slog.Logger) Option {
	return func(s *settings) { s.logger = cmp.Or(logger, s.logger) }
}

// parseEndpoint returns the target for gRPC, and whether to use TLS. Its error repeats nothing of
// the endpoint, which may contain a password.
func parseEndpoint(endpoint string) (target string, secure bool, err error) {
	parsed, err := url.Parse(endpoint)
	if err != nil || parsed.Hostname() == "" || parsed.User != nil ||
		strings.ContainsAny(endpoint, "?#") || (parsed.Path != "" && parsed.Path != "/") {
		return "", false, ErrEndpointInvalid
	}
	var port string
	switch parsed.Scheme {
	case "https":
		port, secure = "443", true
	case "http":
		port = "80"
	default:
		return "", false, ErrEndpointInvalid
	}
	if parsed.Port() != "" {
		port = parsed.Port()
	}
	if number, err := strconv.ParseUint(port, 10, 16); err != nil || number == 0 {
		return "", false, ErrEndpointInvalid
	}
	return "dns:///" + net.JoinHostPort(parsed.Hostname(), port), secure, nil
}

func (s *settings) transport(secure bool) (credentials.TransportCredentials, error) {
	if !secure {
		if s.caCertificate != nil || s.identity != nil {
			return nil, ErrTLSInvalid
		}
		return insecure.NewCredentials(), nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.caCertificate != nil {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(s.caCertificate) {
			return nil, ErrTLSInvalid
		}
	}
	if s.identity != nil {
		pair, err := tls.X509KeyPair(s.identity.certificate, s.identity.key)
		if err != nil {
			return nil, ErrTLSInvalid
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return credentials.NewTLS(config), nil
}

// A bearer is the API key as sent to the server. It is a function, because a printed function does
// not show the key.
type bearer func() string

func newBearer(key string) (bearer, error) {
	notGraphic := func(character rune) bool { return character <= ' ' || character > '~' }
	if key == "" || strings.ContainsFunc(key, notGraphic) {
		return nil, ErrAPIKeyInvalid
	}
	return func() string { return "Bearer " + key }, nil
}

// GetRequestMetadata implements [credentials.PerRPCCredentials].
func (b bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": b()}, nil
}

// RequireTransportSecurity implements [credentials.PerRPCCredentials]. It returns false, because an
// http:// endpoint is a deliberate choice.
func (bearer) RequireTransportSecurity() bool {
	return false
}
