package s2s

import (
	"context"
	"errors"
	"io"

	"google.golang.org/grpc"
)

// stream is the interceptor of streams. It only converts the errors of a stream to [*Error].
func stream(
	ctx context.Context, description *grpc.StreamDesc, connection *grpc.ClientConn, method string,
	open grpc.Streamer, options ...grpc.CallOption,
) (grpc.ClientStream, error) {
	opened, err := open(ctx, description, connection, method, options...)
	if err != nil {
		return nil, newError(ctx, err)
	}
	return &errorStream{opened}, nil
}

type errorStream struct{ grpc.ClientStream }

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
	return newError(s.Context(), err)
}
