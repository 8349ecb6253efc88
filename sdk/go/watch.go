package s2s

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// silenceMax is the longest silence of a stream. The server sends a heartbeat every 15 seconds, so
// after a longer silence the connection is dead.
const silenceMax = 45 * time.Second

// watch returns the messages of a stream. It opens the stream again behind the last message after
// each failure that may pass; before the first message, at most as often as any other call. Once
// the stream has begun, an opening that takes too long is such a failure.
func watch[Request proto.Message, Response any](
	ctx context.Context,
	calls policy,
	method string,
	open func(
		context.Context, Request, ...grpc.CallOption,
	) (grpc.ServerStreamingClient[Response], error),
	request func() (Request, error),
	token func(*Response) string,
	options []grpc.CallOption,
) iter.Seq2[*Response, error] {
	return func(yield func(*Response, error) bool) {
		made, err := request()
		if err != nil {
			yield(nil, err)
			return
		}
		hasBegun, failures := false, uint(0)
		opened := func(ctx context.Context) (grpc.ServerStreamingClient[Response], error) {
			return open(ctx, made, options...)
		}
		for {
			late := codes.DeadlineExceeded
			if hasBegun {
				late = codes.Unavailable
			}
			messages := 0
			failure := listen(ctx, calls.timeout, late, opened, func(response *Response) bool {
				setToken(made, "resume_token", token(response))
				hasBegun = true
				// A stream that fails after its first heartbeat has failed again.
				if messages++; messages > 1 {
					failures = 0
				}
				return yield(response, nil)
			})
			if failure == nil {
				return
			}
			if !failure.passing() || !hasBegun && failures >= calls.retries {
				yield(nil, failure)
				return
			}
			// The server may ask for any delay, so the sum could overflow.
			pause := max(failure.RetryAfter, failure.RetryAfter+pauseBefore(failures))
			failures++
			calls.log(ctx, method, failures, failure, pause)
			select {
			case <-time.After(pause):
			case <-ctx.Done():
				yield(nil, newError(ctx, status.FromContextError(ctx.Err()).Err()))
				return
			}
		}
	}
}

// listen opens a stream, once, and passes its messages to next. It returns nil if next has asked
// for the end, otherwise the cause of the end. The timeout is that of the opening, and late is the
// code of an opening that takes longer.
func listen[Response any](
	ctx context.Context,
	timeout time.Duration,
	late codes.Code,
	open func(context.Context) (grpc.ServerStreamingClient[Response], error),
	next func(*Response) bool,
) *Error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	endsAfter := func(limit time.Duration, code codes.Code, message string) *time.Timer {
		failure := readStatus(status.New(code, message))
		return time.AfterFunc(limit, func() { cancel(failure) })
	}
	opening := endsAfter(timeout, late, "the stream was not opened within the timeout")
	defer opening.Stop()
	opened, err := open(ctx)
	if err == nil {
		_, err = opened.Header()
	}
	opening.Stop()
	if err != nil {
		return ended(ctx, err)
	}
	silent := endsAfter(silenceMax, codes.Unavailable, "the stream is silent")
	defer silent.Stop()
	for {
		response, err := opened.Recv()
		silent.Stop()
		if err != nil {
			return ended(ctx, err)
		}
		if !next(response) {
			return nil
		}
		silent.Reset(silenceMax)
	}
}

// ended returns the cause of a stream's end, which may be this client's own.
func ended(ctx context.Context, err error) *Error {
	var own *Error
	if errors.As(context.Cause(ctx), &own) {
		return own
	}
	if errors.Is(err, io.EOF) {
		// A server that ends a stream without an error is stopping, or stands behind a proxy.
		return readStatus(status.New(codes.Unavailable, "the stream has ended"))
	}
	return newError(ctx, err)
}
