package s2s

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	s2sv1 "s2s.example/sdk-go/gen/s2s/v1"
)

func with(t *testing.T, code codes.Code, reason, domain string) *status.Status {
	t.Helper()
	info := &errdetails.ErrorInfo{Reason: reason, Domain: domain}
	said, err := status.New(code, "m").WithDetails(info)
	if err != nil {
		t.Fatal(err)
	}
	return said
}

func TestReasonsAreReadFromWhatTheServerSays(t *testing.T) {
	for _, row := range []struct {
		said    *status.Status
		code    codes.Code
		reason  Reason
		text    string
		passing bool
	}{
		{
			with(t, codes.FailedPrecondition, "ATTRIBUTION_WINDOW_PASSED", "s2s.v1"),
			codes.FailedPrecondition,
			ReasonAttributionWindowPassed, "m [ATTRIBUTION_WINDOW_PASSED]", false,
		},
		{
			with(t, codes.Unavailable, "INTERNAL", "s2s.v1"), codes.Unavailable,
			ReasonInternal, "m [INTERNAL]", true,
		},
		{
			with(t, codes.ResourceExhausted, "RATE_LIMITED", "s2s.v1"), codes.ResourceExhausted,
			ReasonRateLimited, "m [RATE_LIMITED]", true,
		},
		{
			with(t, codes.Aborted, "NEWER", "s2s.v1"), codes.Aborted,
			ReasonUnknown, "m [NEWER]", false,
		},
		{
			with(t, codes.Aborted, "ATTRIBUTION_WINDOW_PASSED", "proxy.example"), codes.Aborted,
			ReasonUnknown, "m [Aborted]", false,
		},
		{status.New(codes.NotFound, "m"), codes.NotFound, ReasonUnknown, "m [NotFound]", false},
		{status.New(codes.Canceled, "m"), codes.Canceled, ReasonUnknown, "m [Canceled]", false},
		{
			status.New(codes.Unavailable, "m"), codes.Unavailable,
			ReasonUnavailable, "m [UNAVAILABLE]", true,
		},
		{
			status.New(codes.ResourceExhausted, "grpc: received message larger than max"),
			codes.ResourceExhausted, ReasonUnknown,
			"grpc: received message larger than max [ResourceExhausted]", false,
		},
		{
			status.New(codes.DeadlineExceeded, "m"), codes.DeadlineExceeded,
			ReasonDeadlineExceeded, "m [DEADLINE_EXCEEDED]", false,
		},
		{
			status.New(codes.Unknown, "no trailers"), codes.Unavailable, ReasonUnavailable,
			"the server could not be reached: no trailers [UNAVAILABLE]", true,
		},
	} {
		e := newError(t.Context(), row.said.Err())
		if e.Code != row.code || e.Reason != row.reason || e.Error() != row.text ||
			e.passing() != row.passing {
			t.Errorf("%v: %+v", row.text, e)
		}
		// gRPC's own functions must find the status, even in a wrapped error.
		if found, ok := status.FromError(e); !ok || found.Code() != row.code {
			t.Errorf("%v: %v", row.text, found)
		}
		var found *Error
		if !errors.As(fmt.Errorf("recording: %w", e), &found) || found != e {
			t.Errorf("%v: not found", row.text)
		}
	}
}

func TestEveryReasonIsKnownByItsText(t *testing.T) {
	for name, number := range s2sv1.ErrorReason_value {
		said := with(t, codes.Aborted, strings.TrimPrefix(name, "ERROR_REASON_"), "s2s.v1")
		if e := newError(t.Context(), said.Err()); e.Reason != Reason(number) {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

func TestNoServerMakesAPauseNegative(t *testing.T) {
	said, err := status.New(codes.Unavailable, "m").WithDetails(
		&errdetails.RetryInfo{RetryDelay: durationpb.New(-time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if e := newError(t.Context(), said.Err()); e.RetryAfter != 0 {
		t.Error(e.RetryAfter)
	}
}

func TestItemsWithoutAResultAreErrors(t *testing.T) {
	for _, item := range []*RecordConversionResult{nil, {}} {
		_, err := Result(item)
		var e *Error
		if !errors.As(err, &e) || e.Code != codes.Unknown {
			t.Error(err)
		}
	}
}

func TestPausesDoubleUpToALimit(t *testing.T) {
	for retries, least := range map[uint]time.Duration{
		0:        50 * time.Millisecond,
		1:        100 * time.Millisecond,
		3:        400 * time.Millisecond,
		6:        2500 * time.Millisecond,
		15:       2500 * time.Millisecond,
		16:       2500 * time.Millisecond,
		^uint(0): 2500 * time.Millisecond,
	} {
		differ := false
		for range 1000 {
			pause := pauseBefore(retries)
			if pause < least || pause > 2*least {
				t.Fatalf("%d: %v", retries, pause)
			}
			differ = differ || pause != pauseBefore(retries)
		}
		if !differ {
			t.Errorf("%d: always the same pause", retries)
		}
	}
}

func TestWhatIsSafeToSendAgain(t *testing.T) {
	for method, expected := range map[string]bool{
		s2sv1.ConversionService_GetConversion_FullMethodName:    true,
		s2sv1.ConversionService_RecordConversion_FullMethodName: true,
		s2sv1.ApiKeyService_RotateApiKey_FullMethodName:         false,
		"/s2s.v1.ApiKeyService/Newer":                           false,
	} {
		if safe := isSafe(method, &s2sv1.RotateApiKeyRequest{}); safe != expected {
			t.Errorf("%s: %t", method, safe)
		}
	}
	if !isSafe("/s2s.v1.ApiKeyService/Newer", &s2sv1.CreateApiKeyRequest{}) {
		t.Error("a request id makes it safe")
	}
}
