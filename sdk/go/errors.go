package s2s

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	s2sv1 "s2s.example/sdk-go/gen/s2s/v1"
)

const (
	// Reasons of other domains are ignored.
	reasonDomain = "s2s.v1"
	reasonPrefix = "ERROR_REASON_"
)

// An Error is the error of a failed call: the server's answer, or the failure to reach the server
// in time. Get it with [errors.As].
//
// In an Error, [errors.Is] finds [context.Canceled] if the call's context was cancelled, and
// [context.DeadlineExceeded] if there was no answer in time. [status.FromError] finds the gRPC
// status.
type Error struct {
	// Code is the kind of failure.
	Code codes.Code
	// Reason is for programs; each value documents its cause and its cure. [ReasonUnknown] if the
	// server gave no reason, or a reason that is newer than this client: see ReasonText.
	// [ReasonUnavailable] if the server could not be reached, and [ReasonDeadlineExceeded] if there
	// was no answer in time.
	Reason Reason
	// ReasonText is the reason as the server sent it, such as CODE_NOT_ON_LINK. If the server sent
	// none, it is UNAVAILABLE or DEADLINE_EXCEEDED if that is the code, otherwise empty.
	ReasonText string
	// Message is one sentence for people; may be empty.
	Message string
	// Metadata has the details of the reason by name.
	Metadata map[string]string
	// FieldViolations has the invalid fields of the request.
	FieldViolations []FieldViolation
	// RetryAfter is the delay before a retry that the server asks for; 0 if it asks for none.
	RetryAfter time.Duration
	// PostbackFailure is the outcome of a postback that does not count, with the id of the held
	// postback. If [ConversionService.Record] fails for a postback and this field is nil, send the
	// postback again.
	PostbackFailure *PostbackFailure

	status *status.Status
	cause  error
}

// A FieldViolation describes an invalid field of a request.
type FieldViolation struct {
	// Field is the path of the field, such as conversion_code.name.
	Field string
	// Description is one sentence for people.
	Description string
}

// Error returns the message, then in brackets the reason, or the code if there is no reason.
func (e *Error) Error() string {
	if e.ReasonText == "" {
		return fmt.Sprintf("%s [%v]", e.Message, e.Code)
	}
	return fmt.Sprintf("%s [%s]", e.Message, e.ReasonText)
}

// Unwrap returns [context.Canceled] or [context.DeadlineExceeded] if that is the cause, otherwise
// nil.
func (e *Error) Unwrap() error {
	return e.cause
}

// GRPCStatus returns the server's answer as a gRPC status, with every detail of the answer.
func (e *Error) GRPCStatus() *status.Status {
	return e.status
}

// Result returns the result of an item of a batch or stream, as [ConversionService.Record] would
// have returned it: a response or an [*Error].
func Result(item *RecordConversionResult) (*RecordConversionResponse, error) {
	switch result := item.GetResult().(type) {
	case *s2sv1.RecordConversionResult_Response:
		return result.Response, nil
	case *s2sv1.RecordConversionResult_Error:
		return nil, readStatus(status.FromProto(result.Error))
	default:
		const message = "the server gave no result that this client knows"
		return nil, readStatus(status.New(codes.Unknown, message))
	}
}

// newError converts the error that gRPC returned for a call with this context.
func newError(ctx context.Context, err error) *Error {
	said := status.Convert(err)
	// Without details, this is an answer that was cut off or was not gRPC.
	if said.Code() == codes.Unknown && len(said.Details()) == 0 {
		said = status.New(codes.Unavailable, "the server could not be reached: "+said.Message())
	}
	e := readStatus(said)
	switch e.Code {
	case codes.Canceled:
		e.cause = ctx.Err()
	case codes.DeadlineExceeded:
		// ctx.Err() may still be nil here, because the server may notice first that the time is
		// over.
		e.cause = context.DeadlineExceeded
	}
	return e
}

func readStatus(said *status.Status) *Error {
	e := &Error{Code: said.Code(), Message: said.Message(), status: said}
	switch e.Code {
	case codes.Unavailable:
		e.ReasonText = "UNAVAILABLE"
	case codes.DeadlineExceeded:
		e.ReasonText = "DEADLINE_EXCEEDED"
	}
	for _, detail := range said.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			if detail.GetDomain() == reasonDomain {
				e.ReasonText, e.Metadata = detail.GetReason(), detail.GetMetadata()
			}
		case *errdetails.BadRequest:
			for _, violation := range detail.GetFieldViolations() {
				e.FieldViolations = append(e.FieldViolations,
					FieldViolation{violation.GetField(), violation.GetDescription()})
			}
		case *errdetails.RetryInfo:
			e.RetryAfter = max(0, detail.GetRetryDelay().AsDuration())
		case *PostbackFailure:
			e.PostbackFailure = detail
		}
	}
	e.Reason = Reason(s2sv1.ErrorReason_value[reasonPrefix+e.ReasonText])
	return e
}

// passing returns true if the failure is transient, so that the same call may succeed soon.
// RESOURCE_EXHAUSTED without a reason means that a response exceeded this client's own limit. The
// response to a retry would be as large again.
func (e *Error) passing() bool {
	return e.Code == codes.Unavailable || e.Code == codes.ResourceExhausted && e.ReasonText != ""
}
