package s2s_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"

	s2s "s2s.example/sdk-go"
	s2sv1 "s2s.example/sdk-go/gen/s2s/v1"
)

// A fake answers calls by a script, then with success, and keeps the requests.
type fake struct {
	s2sv1.UnimplementedConversionServiceServer
	s2sv1.UnimplementedClickServiceServer
	s2sv1.UnimplementedApiKeyServiceServer

	mutex      sync.Mutex
	script     []answer
	always     answer
	attempts   int
	requests   []*s2sv1.RecordConversionRequest
	clicks     []*s2sv1.RecordClickRequest
	metadata   []metadata.MD
	pageTokens []string
}

// An answer to one call; nil is success.
type answer func(ctx context.Context) error

func fail(err error) answer {
	return func(context.Context) error { return err }
}

// never waits until the call ends, and does not answer it.
func never(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// startFake serves the fake on a free port and returns a client for it.
func startFake(t *testing.T, f *fake, options ...s2s.Option) *s2s.Client {
	t.Helper()
	listener := listen(t)
	f.serve(t, listener)
	return newClient(t, "http://"+listener.Addr().String(), options...)
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

func newClient(t *testing.T, endpoint string, options ...s2s.Option) *s2s.Client {
	t.Helper()
	return newClientOf(t, append([]s2s.Option{s2s.WithEndpoint(endpoint)}, options...)...)
}

func newClientOf(t *testing.T, options ...s2s.Option) *s2s.Client {
	t.Helper()
	client, err := s2s.New(options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	return client
}

func (f *fake) serve(t *testing.T, listener net.Listener, options ...grpc.ServerOption) {
	server := grpc.NewServer(options...)
	s2sv1.RegisterConversionServiceServer(server, f)
	s2sv1.RegisterClickServiceServer(server, f)
	s2sv1.RegisterApiKeyServiceServer(server, f)
	var done sync.WaitGroup
	done.Go(func() {
		if err := server.Serve(listener); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		server.Stop()
		done.Wait()
	})
}

// answer calls `note` to keep data of an attempt, and answers the attempt.
func (f *fake) answer(ctx context.Context, note func()) error {
	f.mutex.Lock()
	f.attempts++
	received, _ := metadata.FromIncomingContext(ctx)
	f.metadata = append(f.metadata, received)
	note()
	next := f.always
	if len(f.script) > 0 {
		next, f.script = f.script[0], f.script[1:]
	}
	f.mutex.Unlock()
	if next == nil {
		return nil
	}
	return next(ctx)
}

func (f *fake) attempted() int {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.attempts
}

func (f *fake) requestIDs() []string {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	var ids []string
	for _, request := range f.requests {
		ids = append(ids, request.GetRequestId())
	}
	return ids
}

func (f *fake) askedPageTokens() []string {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return slices.Clone(f.pageTokens)
}

func (f *fake) RecordConversion(
	ctx context.Context, request *s2sv1.RecordConversionRequest,
) (*s2sv1.RecordConversionResponse, error) {
	err := f.answer(ctx, func() { f.requests = append(f.requests, request) })
	return &s2sv1.RecordConversionResponse{
		Verdict: s2sv1.ConversionVerdict_CONVERSION_VERDICT_RECORDED,
	}, err
}

// BatchRecordConversions refuses items without a click id.
func (f *fake) BatchRecordConversions(
	ctx context.Context, request *s2sv1.BatchRecordConversionsRequest,
) (*s2sv1.BatchRecordConversionsResponse, error) {
	err := f.answer(ctx, func() { f.requests = append(f.requests, request.GetRequests()...) })
	response := &s2sv1.BatchRecordConversionsResponse{}
	for _, item := range request.GetRequests() {
		result := &s2s.RecordConversionResult{Result: &s2sv1.RecordConversionResult_Response{
			Response: &s2s.RecordConversionResponse{},
		}}
		if item.GetConversion().GetClickId() == "" {
			refused := withReason(codes.InvalidArgument, "no click id", "PARAMETER_MISSING")
			result.Result = &s2sv1.RecordConversionResult_Error{Error: refused.Proto()}
		}
		response.Results = append(response.Results, result)
	}
	return response, err
}

// StreamRecordConversions answers each request with its transaction id, until one asks for an end:
// a success for the id "end", and a failure for "fail".
func (f *fake) StreamRecordConversions(
	stream grpc.BidiStreamingServer[
		s2sv1.StreamRecordConversionsRequest, s2sv1.StreamRecordConversionsResponse],
) error {
	for {
		received, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		id := received.GetRequest().GetConversion().GetTransactionId()
		switch id {
		case "end":
			return nil
		case "fail":
			return withReason(codes.Unavailable, "the server is stopping", "UNAVAILABLE").Err()
		}
		result := &s2s.RecordConversionResult{Result: &s2sv1.RecordConversionResult_Response{
			Response: &s2s.RecordConversionResponse{ConversionId: id},
		}}
		if err := stream.Send(&s2sv1.StreamRecordConversionsResponse{Result: result}); err != nil {
			return err
		}
	}
}

// ListConversions returns one of three pages: two conversions, none, one.
func (f *fake) ListConversions(
	ctx context.Context, request *s2sv1.ListConversionsRequest,
) (*s2sv1.ListConversionsResponse, error) {
	err := f.answer(ctx, func() { f.pageTokens = append(f.pageTokens, request.GetPageToken()) })
	if err != nil {
		return nil, err
	}
	if request.GetFilter().GetClickId() != "filter" {
		return nil, status.Error(codes.InvalidArgument, "the filter is gone")
	}
	switch request.GetPageToken() {
	case "":
		return page("second", "a", "b"), nil
	case "second":
		return page("third"), nil
	case "third":
		return page("", "c"), nil
	default:
		return nil, status.Errorf(codes.InvalidArgument, "page token %q", request.GetPageToken())
	}
}

func page(nextPageToken string, ids ...string) *s2sv1.ListConversionsResponse {
	response := &s2sv1.ListConversionsResponse{NextPageToken: nextPageToken}
	for _, id := range ids {
		response.Conversions = append(response.Conversions, &s2sv1.Conversion{Id: id})
	}
	return response
}

func (f *fake) RecordClick(
	ctx context.Context, request *s2sv1.RecordClickRequest,
) (*s2sv1.RecordClickResponse, error) {
	err := f.answer(ctx, func() { f.clicks = append(f.clicks, request) })
	return &s2sv1.RecordClickResponse{}, err
}

//lint:ignore ST1003 the generated interface's name
func (f *fake) RotateApiKey(
	ctx context.Context, _ *s2sv1.RotateApiKeyRequest,
) (*s2sv1.RotateApiKeyResponse, error) {
	return &s2sv1.RotateApiKeyResponse{}, f.answer(ctx, func() {})
}

func incoming(ctx context.Context, name string) []string {
	return metadata.ValueFromIncomingContext(ctx, name)
}

func unavailable() error {
	return status.Error(codes.Unavailable, "the server is stopping")
}

// withReason builds a status as the server does.
func withReason(
	code codes.Code, message, reason string, details ...protoadapt.MessageV1,
) *status.Status {
	info := &errdetails.ErrorInfo{Reason: reason, Domain: "s2s.v1"}
	return withDetails(code, message, append([]protoadapt.MessageV1{info}, details...)...)
}

func withDetails(code codes.Code, message string, details ...protoadapt.MessageV1) *status.Status {
	made, err := status.New(code, message).WithDetails(details...)
	if err != nil {
		panic(fmt.Sprintf("a status that is not an error: %v", err))
	}
	return made
}
