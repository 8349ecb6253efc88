package s2s_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	s2s "s2s.example/sdk-go"
	s2sv1 "s2s.example/sdk-go/gen/s2s/v1"
)

func record(t *testing.T, client *s2s.Client) error {
	t.Helper()
	_, err := client.Conversions.Record(t.Context(), s2s.RecordConversionParams{})
	return err
}

func ofPostback() s2s.RecordConversionParams {
	return s2s.RecordConversionParams{
		Postback: &s2s.RawPostback{Method: "GET", Target: []byte("/s2s?val=1")},
	}
}

// expectError checks code and reason, and returns the error.
func expectError(t *testing.T, err error, code codes.Code, reason s2s.Reason) *s2s.Error {
	t.Helper()
	var failure *s2s.Error
	if !errors.As(err, &failure) {
		t.Fatalf("%v is not an *s2s.Error", err)
	}
	if failure.Code != code || failure.Reason != reason {
		t.Fatalf("%v: code %v, reason %v", err, failure.Code, failure.Reason)
	}
	return failure
}

func TestPassingFailuresAreRetriedWithTheSameRequestID(t *testing.T) {
	f := &fake{script: []answer{fail(unavailable()), fail(unavailable())}}
	client := startFake(t, f)
	request := &s2sv1.RecordConversionRequest{}
	stub := s2sv1.NewConversionServiceClient(client.Connection())
	for range 2 {
		response, err := stub.RecordConversion(t.Context(), request)
		if err != nil || response.GetVerdict() != s2s.ConversionVerdictRecorded {
			t.Fatal(response, err)
		}
	}
	ids := f.requestIDs()
	if len(ids) != 4 || len(ids[0]) != 32 || ids[1] != ids[0] || ids[2] != ids[0] {
		t.Error(ids)
	}
	if ids[3] == ids[0] || request.GetRequestId() != "" {
		t.Error("another call with the same message is another request")
	}
}

func TestTheCallersRequestIDIsKept(t *testing.T) {
	f := &fake{}
	params := s2s.RecordConversionParams{RequestID: "mine"}
	if _, err := startFake(t, f).Conversions.Record(t.Context(), params); err != nil {
		t.Fatal(err)
	}
	if ids := f.requestIDs(); !slices.Equal(ids, []string{"mine"}) {
		t.Error(ids)
	}
}

func TestPostbacksGetARequestIDToo(t *testing.T) {
	f := &fake{script: []answer{fail(unavailable())}}
	if _, err := startFake(t, f).Conversions.Record(t.Context(), ofPostback()); err != nil {
		t.Fatal(err)
	}
	if ids := f.requestIDs(); len(ids) != 2 || len(ids[0]) != 32 || ids[1] != ids[0] {
		t.Error(ids)
	}
}

func TestHeldPostbacksAreErrorsWithTheirID(t *testing.T) {
	held := &s2sv1.PostbackFailure{
		Verdict: s2sv1.PostbackVerdict_POSTBACK_VERDICT_HELD, PostbackId: "pb_1",
	}
	said := withReason(codes.FailedPrecondition, "not on the link", "CODE_NOT_ON_LINK",
		protoadapt.MessageV1Of(held))
	f := &fake{script: []answer{fail(said.Err())}}
	_, err := startFake(t, f).Conversions.Record(t.Context(), ofPostback())
	failure := expectError(t, err, codes.FailedPrecondition,
		s2s.ReasonCodeNotOnLink)
	if !proto.Equal(failure.PostbackFailure, held) || len(failure.GRPCStatus().Details()) != 2 {
		t.Error(failure.PostbackFailure, failure.GRPCStatus())
	}
}

func TestNilRequestsAreEmptyRequests(t *testing.T) {
	f := &fake{}
	connection := startFake(t, f).Connection()
	conversions := s2sv1.NewConversionServiceClient(connection)
	if _, err := conversions.RecordConversion(t.Context(), nil); err != nil {
		t.Error(err)
	}
	batch := &s2sv1.BatchRecordConversionsRequest{Requests: []*s2sv1.RecordConversionRequest{nil}}
	if _, err := conversions.BatchRecordConversions(t.Context(), batch); err != nil {
		t.Error(err)
	}
	if _, err := s2sv1.NewClickServiceClient(connection).RecordClick(t.Context(), nil); err != nil {
		t.Error(err)
	}
	if ids := f.requestIDs(); len(ids) != 2 || len(ids[0]) != 32 || len(ids[1]) != 32 {
		t.Error(ids)
	}
}

func TestClicksGetWhatMakesTheirID(t *testing.T) {
	at := time.Unix(1, 2)
	f := &fake{}
	client := startFake(t, f)
	for _, params := range []s2s.RecordClickParams{
		{}, {ClickTime: at}, {ClickID: "minted"}, {RequestID: "mine"},
	} {
		if _, err := client.Clicks.Record(t.Context(), params); err != nil {
			t.Fatal(err)
		}
	}
	bare, timed, minted, own := f.clicks[0], f.clicks[1], f.clicks[2], f.clicks[3]
	if len(bare.GetRequestId()) != 32 || bare.GetClickTime() == nil {
		t.Error(bare)
	}
	if len(timed.GetRequestId()) != 32 || !timed.GetClickTime().AsTime().Equal(at) {
		t.Error(timed)
	}
	if minted.GetRequestId() != "" || minted.GetClickTime() != nil {
		t.Error(minted)
	}
	if own.GetRequestId() != "mine" || own.GetClickTime() != nil {
		t.Error(own)
	}
}

func TestKeyAndDeadlineTravelWithEachAttempt(t *testing.T) {
	var left []time.Duration
	note := func(ctx context.Context) error {
		deadline, _ := ctx.Deadline()
		left = append(left, time.Until(deadline))
		if len(left) == 1 {
			return unavailable()
		}
		return nil
	}
	f := &fake{always: note}
	if err := record(t, startFake(t, f, s2s.WithAPIKey("s3cret"))); err != nil {
		t.Fatal(err)
	}
	for _, received := range f.metadata {
		if keys := received.Get("authorization"); !slices.Equal(keys, []string{"Bearer s3cret"}) {
			t.Error(keys)
		}
	}
	if len(left) != 2 || left[0] > 10*time.Second || left[1] > left[0]-50*time.Millisecond {
		t.Errorf("%v: the time that is left", left)
	}
}

func TestTheContextsDeadlineTakesThePlaceOfTheClients(t *testing.T) {
	for _, timeout := range []time.Duration{time.Minute, time.Hour} {
		f := &fake{always: func(ctx context.Context) error {
			deadline, _ := ctx.Deadline()
			if left := time.Until(deadline); left > timeout || left < timeout-30*time.Second {
				t.Errorf("%v instead of %v", left, timeout)
			}
			return nil
		}}
		ctx, cancel := context.WithTimeout(t.Context(), timeout)
		defer cancel()
		client := startFake(t, f, s2s.WithTimeout(10*time.Minute))
		if _, err := client.Conversions.Record(ctx, s2s.RecordConversionParams{}); err != nil {
			t.Error(err)
		}
	}
}

func TestOtherFailuresAreNotRetriedAndArriveWhole(t *testing.T) {
	info := &errdetails.ErrorInfo{
		Reason: "FIELD_INVALID", Domain: "s2s.v1",
		Metadata: map[string]string{"field": "transaction_id"},
	}
	bad := &errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{
		{Field: "transaction_id", Description: "at most 255 bytes"},
	}}
	said := withDetails(codes.InvalidArgument, "transaction_id is too long", info, bad)
	f := &fake{script: []answer{fail(said.Err())}}
	err := record(t, startFake(t, f))
	failure := expectError(t, err, codes.InvalidArgument, s2s.ReasonFieldInvalid)
	if f.attempted() != 1 || failure.ReasonText != "FIELD_INVALID" ||
		failure.Message != "transaction_id is too long" ||
		failure.Metadata["field"] != "transaction_id" {
		t.Errorf("%d attempts, %+v", f.attempted(), failure)
	}
	violations := []s2s.FieldViolation{{Field: "transaction_id", Description: "at most 255 bytes"}}
	if !slices.Equal(failure.FieldViolations, violations) {
		t.Error(failure.FieldViolations)
	}
	if err.Error() != "transaction_id is too long [FIELD_INVALID]" {
		t.Error(err)
	}
}

func TestWhatTheSchemaDoesNotCallSafeIsSentOnce(t *testing.T) {
	f := &fake{always: fail(unavailable())}
	_, err := startFake(t, f).APIKeys.Rotate(t.Context(), s2s.RotateAPIKeyParams{})
	expectError(t, err, codes.Unavailable, s2s.ReasonUnavailable)
	if f.attempted() != 1 {
		t.Error(f.attempted())
	}
}

func TestRetriesAreLimited(t *testing.T) {
	for retries, attempts := range map[uint]int{0: 1, 2: 3} {
		f := &fake{always: fail(unavailable())}
		err := record(t, startFake(t, f, s2s.WithRetries(retries)))
		failure := expectError(t, err, codes.Unavailable, s2s.ReasonUnavailable)
		if f.attempted() != attempts || failure.Message != "the server is stopping" {
			t.Errorf("%d attempts, %v", f.attempted(), err)
		}
	}
}

func overloaded(delay time.Duration) answer {
	retry := &errdetails.RetryInfo{RetryDelay: durationpb.New(delay)}
	said := withReason(codes.ResourceExhausted, "too many writes wait", "OVERLOADED", retry)
	return fail(said.Err())
}

func TestThePauseThatTheServerAsksForIsKept(t *testing.T) {
	asked := 300 * time.Millisecond
	f := &fake{script: []answer{overloaded(asked)}}
	client := startFake(t, f)
	start := time.Now()
	if err := record(t, client); err != nil || time.Since(start) < asked || f.attempted() != 2 {
		t.Error(err, time.Since(start), f.attempted())
	}
}

func TestAPauseBeyondTheDeadlineIsNotBegun(t *testing.T) {
	for _, asked := range []time.Duration{40 * time.Second, 1<<63 - 1} {
		f := &fake{script: []answer{overloaded(asked)}}
		client := startFake(t, f, s2s.WithTimeout(30*time.Second))
		start := time.Now()
		err := record(t, client)
		failure := expectError(t, err, codes.ResourceExhausted, s2s.ReasonOverloaded)
		if time.Since(start) > 20*time.Second || f.attempted() != 1 || failure.RetryAfter != asked {
			t.Error(time.Since(start), f.attempted(), failure.RetryAfter)
		}
	}
}

func TestTheDeadlineIsOverAllAttempts(t *testing.T) {
	f := &fake{script: []answer{fail(unavailable()), never}}
	err := record(t, startFake(t, f, s2s.WithTimeout(time.Second)))
	failure := expectError(t, err, codes.DeadlineExceeded, s2s.ReasonDeadlineExceeded)
	if f.attempted() != 2 || !errors.Is(err, context.DeadlineExceeded) {
		t.Error(f.attempted(), err)
	}
	if !strings.HasSuffix(failure.Message, "; the attempt before: the server is stopping") {
		t.Error(err)
	}
}

func TestEndlessRetriesEndWithTheDeadline(t *testing.T) {
	f := &fake{always: fail(unavailable())}
	err := record(t, startFake(t, f, s2s.WithTimeout(time.Second), s2s.WithRetries(1<<32)))
	if err == nil {
		t.Fatal("no error")
	}
	// The pauses are at least 50, 100, 200 and 400 ms. The fifth pause would end after the
	// deadline.
	if f.attempted() < 2 || f.attempted() > 5 {
		t.Error(f.attempted())
	}
}

func TestACancelledCallIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	for _, script := range [][]answer{
		// The first script cancels the call while it awaits an answer. The second script cancels
		// the call in the pause before the next attempt.
		{func(ctx context.Context) error { cancel(); return never(ctx) }},
		{func(context.Context) error { cancel(); return unavailable() }},
	} {
		f := &fake{script: script}
		_, err := startFake(t, f).Conversions.Record(ctx, s2s.RecordConversionParams{})
		expectError(t, err, codes.Canceled, s2s.ReasonUnknown)
		if f.attempted() != 1 || !errors.Is(err, context.Canceled) {
			t.Error(f.attempted(), err)
		}
		ctx, cancel = context.WithCancel(t.Context())
	}
	cancel()
}

func TestAServerThatIsNotThereIsUnavailable(t *testing.T) {
	listener := listen(t)
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	err := record(t, newClient(t, "http://"+listener.Addr().String(), s2s.WithRetries(0)))
	failure := expectError(t, err, codes.Unavailable, s2s.ReasonUnavailable)
	if !strings.Contains(failure.Message, "refused") {
		t.Error(err)
	}
}

func TestAServerThatNeverAnswersIsGivenUp(t *testing.T) {
	listener := listen(t)
	defer listener.Close()
	timeout := s2s.WithTimeout(100 * time.Millisecond)
	client := newClient(t, "http://"+listener.Addr().String(), timeout)
	expectError(t, record(t, client), codes.DeadlineExceeded,
		s2s.ReasonDeadlineExceeded)
}

func TestBrokenConnectionsAreOpenedAgain(t *testing.T) {
	listener := listen(t)
	f := &fake{}
	failed := make(chan error)
	go func() {
		for range 2 {
			connection, err := listener.Accept()
			if err == nil {
				err = connection.Close()
			}
			failed <- err
		}
		close(failed)
	}()
	client := newClient(t, "http://"+listener.Addr().String())
	answered := make(chan error)
	go func() {
		_, err := client.Conversions.Record(t.Context(), s2s.RecordConversionParams{})
		answered <- err
	}()
	for err := range failed {
		if err != nil {
			t.Error(err)
		}
	}
	f.serve(t, listener)
	if err := <-answered; err != nil || f.attempted() != 1 {
		t.Error(err, f.attempted())
	}
}

func TestAnAnswerThatIsNotGRPCIsUnavailable(t *testing.T) {
	listener := listen(t)
	defer listener.Close()
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = connection.Write([]byte("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"))
			_ = connection.(*net.TCPConn).CloseWrite()
		}
	}()
	err := record(t, newClient(t, "http://"+listener.Addr().String(), s2s.WithRetries(0)))
	expectError(t, err, codes.Unavailable, s2s.ReasonUnavailable)
}
