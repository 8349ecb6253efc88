package s2s

import (
	"cmp"
	"context"
	"log/slog"
	"math/rand/v2"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

const (
	// firstPause is the maximum pause before the first retry. The maximum doubles with each retry.
	firstPause = 100 * time.Millisecond
	pauseMax   = 5 * time.Second
)

// A policy holds the settings of all calls: the time limit over all attempts and pauses, the
// maximum number of retries, and the logger for attempts that are tried again.
type policy struct {
	timeout time.Duration
	retries uint
	logger  *slog.Logger
}

// call is the interceptor of all calls with one request and one response.
func (p policy) call(
	ctx context.Context, method string, request, response any,
	connection *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption,
) error {
	deadline, limited := ctx.Deadline()
	if !limited {
		deadline = time.Now().Add(p.timeout)
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline)
		defer cancel()
	}
	// Requests of generated clients are always messages.
	filled := withRequestID(request.(proto.Message))
	var last *Error
	for retries := uint(0); ; retries++ {
		err := invoke(ctx, method, filled, response, connection, options...)
		if err == nil {
			return nil
		}
		failure := newError(ctx, err)
		if failure.Code == codes.DeadlineExceeded && last != nil {
			failure.Message += "; the attempt before: " + last.Message
		}
		if failure.Code == codes.Unavailable {
			// Without this reset, gRPC would wait before it connects again, and fail calls in the
			// meantime.
			connection.ResetConnectBackoff()
		}
		if retries == p.retries || !failure.passing() || !isSafe(method, filled) {
			return failure
		}
		pause := pauseBefore(retries)
		// The delay and the pause are not added yet: the server may ask for any delay, and the sum
		// could overflow.
		if failure.RetryAfter >= time.Until(deadline)-pause {
			return failure
		}
		pause += failure.RetryAfter
		p.log(ctx, method, retries+1, failure, pause)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return newError(ctx, status.FromContextError(ctx.Err()).Err())
		}
		last = failure
	}
}

// log reports a failed attempt that is tried again, without the server's message, which may repeat
// parts of the request.
func (p policy) log(
	ctx context.Context, method string, attempt uint, failure *Error, pause time.Duration,
) {
	p.logger.LogAttrs(ctx, slog.LevelInfo, "s2s: an attempt failed and is tried again",
		slog.String("call", strings.TrimPrefix(method, "/")),
		slog.Uint64("attempt", uint64(attempt)),
		slog.String("reason", cmp.Or(failure.ReasonText, failure.Code.String())),
		slog.Duration("pause", pause))
}

// pauseBefore returns the pause before the next attempt, in addition to the delay that the server
// asks for. The pause is random, so that clients that failed together don't come back together.
func pauseBefore(retries uint) time.Duration {
	pause := pauseMax
	// More doublings always exceed the longest pause.
	if retries < 16 {
		pause = min(firstPause<<retries, pauseMax)
	}
	return pause/2 + rand.N(pause/2)
}

// isSafe returns true if the call can be repeated: its request has a request id, or the schema
// declares the call idempotent.
func isSafe(method string, request proto.Message) bool {
	if requestIDField(request) != nil {
		return true
	}
	name := strings.ReplaceAll(strings.TrimPrefix(method, "/"), "/", ".")
	descriptor, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(name))
	if err != nil {
		return false
	}
	options, ok := descriptor.Options().(*descriptorpb.MethodOptions)
	return ok && options.GetIdempotencyLevel() != descriptorpb.MethodOptions_IDEMPOTENCY_UNKNOWN
}
