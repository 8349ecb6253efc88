// Package s2s is the client of the S2S conversion tracking API.
//
// A visitor follows a tracking link and gets a click id; later your server reports, with that click id,
// what came of it: a conversion.
//
// A [Client] has one generated client for each service of the API; requests and responses, with the
// formats, units and limits of their fields, are in [s2s.example/sdk-go/gen/s2s/v1]. The client adds to
// every call what it needs: the API key, a deadline, retries that count nothing twice, and errors that
// say why ([Error]). Beside it stand iterators over lists ([All]), exact money ([MoneyFromDecimal]), the
// form of click ids ([NormaliseClickID]) and the signing of postbacks ([SignPostback]).
package s2s

import (
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/keepalive"

	s2sv1 "s2s.example/sdk-go/gen/s2s/v1"
)

const (
	timeoutDefault = 10 * time.Second
	retriesDefault = 4
	connectTimeout = 5 * time.Second
	// A connection that is silent for so long is asked for a sign of life, calls or no calls, so that one
	// that a firewall dropped costs no call its time.
	keepAliveInterval = 30 * time.Second
	keepAliveTimeout  = 10 * time.Second
	// A page of 1,000 is larger than gRPC's default of 4 MiB.
	responseBytesMax = 64 << 20
)

// A Client of one server, with one connection that is opened at the first call and again where it broke.
// It can be used by many goroutines at once.
//
// Every call that is safe to send again is sent again where it failed for a passing reason (the server
// can't be reached, is stopping or overloaded), with growing pauses and within its deadline. That never
// counts anything twice: requests that need a request id for it, and have none, get a random one before
// the first attempt; the request itself is not changed. To repeat a call yourself, after an error, give
// it a request id of your own.
//
// A call's deadline is that of its context, over all attempts; where the context has none, it is the
// client's (see [WithTimeout]). A call whose context is cancelled may or may not have taken effect. A
// stream has no deadline but its context's, and nothing of it is sent again.
//
// Every error of a call is an [*Error].
type Client struct {
	Accounts        s2sv1.AccountServiceClient
	APIKeys         s2sv1.ApiKeyServiceClient
	ConversionCodes s2sv1.ConversionCodeServiceClient
	TrackingLinks   s2sv1.TrackingLinkServiceClient
	Clicks          s2sv1.ClickServiceClient
	Conversions     s2sv1.ConversionServiceClient
	Postbacks       s2sv1.PostbackServiceClient
	Presets         s2sv1.PresetServiceClient

	connection *grpc.ClientConn
}

// New makes a client of the server at endpoint: scheme, host and at most a port, such as
// https://t.example, or http://127.0.0.1:8080 within one machine. It connects at its first call, so a
// server that isn't there is no error yet.
func New(endpoint string, options ...Option) (*Client, error) {
	settings := settings{timeout: timeoutDefault, retries: retriesDefault}
	for _, option := range options {
		option(&settings)
	}
	target, secure, err := parseEndpoint(endpoint)
	if err != nil {
		return nil, err
	}
	transport, err := settings.transport(secure)
	if err != nil {
		return nil, err
	}
	if settings.timeout <= 0 {
		return nil, fmt.Errorf("s2s: a timeout of %v leaves no time for a call", settings.timeout)
	}
	dialOptions := []grpc.DialOption{
		grpc.WithTransportCredentials(transport),
		grpc.WithChainUnaryInterceptor(policy{settings.timeout, settings.retries}.call),
		grpc.WithChainStreamInterceptor(stream),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(responseBytesMax)),
		// How calls are retried is decided here, never by a DNS record.
		grpc.WithDisableServiceConfig(),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{
			Time: keepAliveInterval, Timeout: keepAliveTimeout, PermitWithoutStream: true,
		}),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff: backoff.Config{
				BaseDelay: firstPause / 2, Multiplier: 2, Jitter: 0.2, MaxDelay: pauseMax,
			},
			MinConnectTimeout: connectTimeout,
		}),
	}
	if settings.apiKey != nil {
		key, err := newBearer(*settings.apiKey)
		if err != nil {
			return nil, err
		}
		dialOptions = append(dialOptions, grpc.WithPerRPCCredentials(key))
	}
	connection, err := grpc.NewClient(target, dialOptions...)
	if err != nil {
		return nil, fmt.Errorf("s2s: %w", err)
	}
	return &Client{
		Accounts:        s2sv1.NewAccountServiceClient(connection),
		APIKeys:         s2sv1.NewApiKeyServiceClient(connection),
		ConversionCodes: s2sv1.NewConversionCodeServiceClient(connection),
		TrackingLinks:   s2sv1.NewTrackingLinkServiceClient(connection),
		Clicks:          s2sv1.NewClickServiceClient(connection),
		Conversions:     s2sv1.NewConversionServiceClient(connection),
		Postbacks:       s2sv1.NewPostbackServiceClient(connection),
		Presets:         s2sv1.NewPresetServiceClient(connection),
		connection:      connection,
	}, nil
}

// String says which server it is a client of, and nothing else: what is below changes with each call.
func (c Client) String() string {
	return "s2s.Client(" + c.connection.Target() + ")"
}

// Close ends the connection, and with it all calls under way.
func (c *Client) Close() error {
	return c.connection.Close()
}
