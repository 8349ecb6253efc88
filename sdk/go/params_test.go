package s2s

import (
	"errors"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	s2sv1 "s2s.example/sdk-go/gen/s2s/v1"
)

// message wraps the request method of a …Params struct in a function that returns
// a proto.Message.
func message[Request proto.Message](request func() (Request, error)) func() (proto.Message, error) {
	return func() (proto.Message, error) { return request() }
}

// A made request, and the request that is expected.
type made struct {
	request  func() (proto.Message, error)
	expected proto.Message
}

func expectRequests(t *testing.T, rows map[string]made) {
	t.Helper()
	for name, row := range rows {
		if request, err := row.request(); err != nil || !proto.Equal(request, row.expected) {
			t.Errorf("%s: %v, %v", name, request, err)
		}
	}
}

func TestParametersBecomeRequests(t *testing.T) {
	at := time.Date(2026, 1, 31, 12, 0, 0, 250, time.UTC)
	value := &Money{CurrencyCode: "EUR", Micros: 1}
	expectRequests(t, map[string]made{
		"no parameters": {
			message(ListConversionsParams{}.request),
			&s2sv1.ListConversionsRequest{Filter: &s2sv1.ConversionFilter{}},
		},
		"a filter": {
			message(ListConversionsParams{PageSize: 5, ClickID: "x", StartTime: at}.request),
			&s2sv1.ListConversionsRequest{PageSize: 5, Filter: &s2sv1.ConversionFilter{
				ClickId: "x", StartTime: timestamppb.New(at),
			}},
		},
		"a new conversion": {
			message(RecordConversionParams{
				Value: value, CommissionPercentMicros: new(int64(0)),
			}.request),
			&s2sv1.RecordConversionRequest{Report: &s2sv1.RecordConversionRequest_Conversion{
				Conversion: &s2sv1.NewConversion{
					Value: value, Commission: &s2sv1.NewConversion_CommissionPercentMicros{},
				},
			}},
		},
		"neither conversion nor postback": {
			message(RecordConversionParams{RequestID: "r"}.request),
			&s2sv1.RecordConversionRequest{RequestId: "r"},
		},
		"a duration of zero": {
			message(RotateClickIDKeyParams{Overlap: new(time.Duration(0))}.request),
			&s2sv1.RotateClickIdKeyRequest{Overlap: &durationpb.Duration{}},
		},
		"no duration": {
			message(RotateClickIDKeyParams{}.request), &s2sv1.RotateClickIdKeyRequest{},
		},
		"ids": {
			message(ReplayPostbacksParams{IDs: []string{"a"}}.request),
			&s2sv1.ReplayPostbacksRequest{Postbacks: &s2sv1.ReplayPostbacksRequest_Ids{
				Ids: &s2sv1.PostbackIds{Ids: []string{"a"}},
			}},
		},
		"nothing to replay": {
			message(ReplayPostbacksParams{}.request), &s2sv1.ReplayPostbacksRequest{},
		},
	})
}

func TestChangesAreOfTheFieldsThatAreGiven(t *testing.T) {
	expectRequests(t, map[string]made{
		"nothing to change": {
			message(UpdateAccountParams{ID: "a"}.request),
			&s2sv1.UpdateAccountRequest{
				Account: &s2sv1.Account{Id: "a"}, UpdateMask: &fieldmaskpb.FieldMask{},
			},
		},
		"changes to defaults": {
			message(UpdateTrackingLinkParams{
				ID: "l", Tags: &[]string{}, QueryPassThrough: new(false), ExpireTime: &time.Time{},
				RedirectKind: new(RedirectKindUnspecified), FallbackDestination: new(""),
			}.request),
			&s2sv1.UpdateTrackingLinkRequest{
				TrackingLink: &s2sv1.TrackingLink{Id: "l"},
				UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{
					"tags", "redirect_kind", "query_pass_through", "expire_time",
					"fallback_destination",
				}},
			},
		},
		"changes": {
			message(UpdateConversionCodeParams{
				ID: "c", Name: new("n"), AttributionWindow: new(time.Hour),
				Reply: &ReplySetting{Text: "OK"},
			}.request),
			&s2sv1.UpdateConversionCodeRequest{
				ConversionCode: &s2sv1.ConversionCode{
					Id: "c", Name: "n", AttributionWindow: durationpb.New(time.Hour),
					Reply: &s2sv1.ReplySetting{Text: "OK"},
				},
				UpdateMask: &fieldmaskpb.FieldMask{
					Paths: []string{"name", "attribution_window", "reply"},
				},
			},
		},
	})
}

func TestAlternativesAreRefusedTogether(t *testing.T) {
	value := &Money{Micros: 1}
	for name, row := range map[string]struct {
		request func() (proto.Message, error)
		fields  []string
	}{
		"two commissions": {
			message(RecordConversionParams{
				CommissionAmount: value, CommissionPercentMicros: new(int64(0)),
			}.request),
			[]string{"conversion.commission_amount", "conversion.commission_percent_micros"},
		},
		"a postback that is a conversion": {
			message(RecordConversionParams{Postback: &RawPostback{}, TransactionID: "o"}.request),
			[]string{"postback", "conversion"},
		},
		"ids and a filter": {
			message(ReplayPostbacksParams{IDs: []string{"a"}, Text: "t"}.request),
			[]string{"ids", "filter"},
		},
		"a target and an id": {
			message(ExplainPostbackParams{Target: []byte("/s2s"), PostbackID: "pb_1"}.request),
			[]string{"target", "postback_id"},
		},
	} {
		_, err := row.request()
		var refused *Error
		if !errors.As(err, &refused) || refused.Reason != ReasonFieldInvalid {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var fields []string
		for _, violation := range refused.FieldViolations {
			fields = append(fields, violation.Field)
		}
		if !slices.Equal(fields, row.fields) {
			t.Errorf("%s: %v", name, fields)
		}
	}
}
