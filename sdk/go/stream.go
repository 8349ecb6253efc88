package s2s

import (
	"context"
	"errors"
	"io"
	"iter"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// results sends the items in a goroutine of their own, because unread results hold up the items,
// and returns their results. Ending the loop cancels the call.
func results[Params, Request, Response, Result any](
	ctx context.Context,
	open func(
		context.Context, ...grpc.CallOption,
	) (grpc.BidiStreamingClient[Request, Response], error),
	items iter.Seq[Params],
	wrap func(Params) (*Request, error),
	result func(*Response) *Result,
	options []grpc.CallOption,
) iter.Seq2[*Result, error] {
	return func(yield func(*Result, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		opened, err := open(ctx, options...)
		if err != nil {
			yield(nil, err)
			return
		}
		sent := make(chan sending, 1)
		go func() {
			sent <- send(opened, items, wrap)
			// If this fails, so does the next Recv.
			_ = opened.CloseSend()
		}()
		received := 0
		for ; ; received++ {
			response, err := opened.Recv()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(result(response), nil) {
				return
			}
		}
		select {
		case all := <-sent:
			if all.err != nil {
				yield(nil, all.err)
				return
			}
			if received == all.items {
				return
			}
		default:
			// The items are not all sent.
		}
		const message = "the server ended the stream before all items had a result"
		yield(nil, readStatus(status.New(codes.Unavailable, message)))
	}
}

// A sending is the outcome of sending the items: their number, and the error of an item that can't
// be sent.
type sending struct {
	items int
	err   error
}

// send sends the items until the stream is broken; Recv returns the cause.
func send[Params, Request, Response any](
	opened grpc.BidiStreamingClient[Request, Response],
	items iter.Seq[Params],
	wrap func(Params) (*Request, error),
) (all sending) {
	for item := range items {
		request, err := wrap(item)
		if err != nil {
			all.err = err
			return all
		}
		all.items++
		if opened.Send(request) != nil {
			return all
		}
	}
	return all
}

// stream is the interceptor of streams. It only converts the errors of a stream to [*Error].
func stream(
	ctx context.Context, description *grpc.StreamDesc, connection *grpc.ClientConn, method string,
	open grpc.Streamer, options ...grpc.CallOption,
) (grpc.ClientStream, error) {
	opened, err := open(ctx, description, connection, method, options...)
	if err != nil {
		return nil, streamError(ctx, err, connection)
	}
	return &errorStream{opened, connection}, nil
}

type errorStream struct {
	grpc.ClientStream
	connection *grpc.ClientConn
}

func (s *errorStream) SendMsg(message any) error {
	return s.wrap(s.ClientStream.SendMsg(message))
}

func (s *errorStream) RecvMsg(message any) error {
	return s.wrap(s.ClientStream.RecvMsg(message))
}

// wrap converts an error, except [io.EOF]. From RecvMsg, [io.EOF] is the end of the stream. From
// SendMsg, it means that RecvMsg returns the actual error.
func (s *errorStream) wrap(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return streamError(s.Context(), err, s.connection)
}

func streamError(ctx context.Context, err error, connection *grpc.ClientConn) *Error {
	failure := newError(ctx, err)
	if failure.Code == codes.Unavailable {
		// Without this reset, gRPC would wait before it connects again.
		connection.ResetConnectBackoff()
	}
	return failure
}
