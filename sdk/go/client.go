// Package s2s is the client of the S2S conversion tracking API.
//
// A visitor follows a tracking link and gets a click id; later your server reports a conversion
// with that click id.
//
// A [Client] has one member for each service of the API, and a method for each call. A method takes
// a struct with the parameters, in which the zero value of a field means that it is not given, and
// returns the response, or the items of a list. The fields of responses, with their formats, units
// and limits, are in [s2s.example/sdk-go/gen/s2s/v1]. The client adds to every call the API key, a
// deadline, retries that count nothing twice, and errors with a reason ([Error]).
//
// The package also has exact money ([ParseMoney]), the form of click ids ([NormaliseClickID]) and
// the signatures of postbacks ([SignPostback], [VerifyPostback]).
package s2s

import (
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/keepalive"
)

const (
	connectTimeout = 5 * time.Second
	// keepAliveInterval is the time without traffic after which the connection is pinged, with or
	// without calls, so that no call loses its time on a connection that a firewall dropped.
	keepAliveInterval = 30 * time.Second
	keepAliveTimeout  = 10 * time.Second
	// responseBytesMax exceeds gRPC's default of 4 MiB, which is too small for a page of 1,000
	// items.
	responseBytesMax = 64 << 20
)

// A Client calls one server over one connection, which is opened at the first call and reopened
// after it breaks. Many goroutines can use it at once.
//
// Every call that is safe to repeat is retried after a transient failure (the server can't be
// reached, is stopping or overloaded), with growing pauses and within its deadline. Retries never
// count anything twice: a request that needs a request id and has none gets a random one before the
// first attempt. To repeat a call yourself after an error, give the call a request id of your own.
//
// A call's deadline, over all attempts, is that of its context. If the context has none, the
// client's timeout applies (see [WithTimeout]). A call whose context is cancelled may or may not
// have taken effect. A stream has only the deadline of its context, and nothing in a stream of
// conversions is sent again. A stream that watches goes on by itself after such a failure.
//
// Every error of a call is an [*Error].
type Client struct {
	Services

	connection *grpc.ClientConn
}

// New makes a client. Without options, it takes the endpoint from the environment's S2S_ENDPOINT
// (default: http://127.0.0.1:8080) and the API key from S2S_API_KEY (default: none); an empty
// variable counts as not set. The client connects at its first call, so an unreachable server is
// not yet an error.
func New(options ...Option) (*Client, error) {
	settings := settingsFromEnvironment()
	for _, option := range options {
		option(&settings)
	}
	target, secure, err := parseEndpoint(settings.endpoint)
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
	calls := policy{settings.timeout, settings.retries, settings.logger}
	dialOptions := []grpc.DialOption{
		grpc.WithTransportCredentials(transport),
		grpc.WithUserAgent(userAgent),
		grpc.WithChainUnaryInterceptor(calls.call),
		grpc.WithChainStreamInterceptor(stream),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(responseBytesMax)),
		// Without this option, a DNS record could configure retries in addition to this client's.
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
	return &Client{newServices(connection, calls), connection}, nil
}

// Connection returns the connection, for programs that send messages of their own or want single
// pages. The generated clients in [s2s.example/sdk-go/gen/s2s/v1] use it with the same API key,
// retries and errors.
func (c *Client) Connection() grpc.ClientConnInterface {
	return c.connection
}

// String names the client's server and omits the inner state, because that state changes with each
// call.
func (c Client) String() string {
	return "s2s.Client(" + c.connection.Target() + ")"
}

// Close ends the connection, and with it all calls in progress.
func (c *Client) Close() error {
	return c.connection.Close()
}
