package s2s_test

import (
	"errors"
	"iter"
	"slices"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	s2s "s2s.example/sdk-go"
)

func TestListsWalkAllPagesAndOnlyWhenAsked(t *testing.T) {
	f := &fake{script: []answer{nil, fail(unavailable())}}
	params := s2s.ListConversionsParams{ClickID: "filter"}
	conversions := startFake(t, f).Conversions.List(t.Context(), params)
	expectTokens := func(tokens ...string) {
		t.Helper()
		if asked := f.askedPageTokens(); !slices.Equal(asked, tokens) {
			t.Errorf("%q instead of %q", asked, tokens)
		}
	}
	expectTokens()
	var ids []string
	for conversion, err := range conversions {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, conversion.GetId())
		if len(ids) < 3 {
			expectTokens("")
		}
	}
	if !slices.Equal(ids, []string{"a", "b", "c"}) {
		t.Error(ids)
	}
	expectTokens("", "second", "second", "third")
	// The second loop begins at the first page again.
	for range conversions {
		break
	}
	expectTokens("", "second", "second", "third", "")
}

func TestListsEndWithAnError(t *testing.T) {
	invalid := withReason(codes.InvalidArgument, "", "PAGE_TOKEN_INVALID").Err()
	client := startFake(t, &fake{script: []answer{nil, fail(invalid)}})
	params := s2s.ListConversionsParams{ClickID: "filter"}
	var errs []error
	for conversion, err := range client.Conversions.List(t.Context(), params) {
		if (conversion == nil) != (err != nil) {
			t.Error(conversion, err)
		}
		errs = append(errs, err)
	}
	if len(errs) != 3 || errs[0] != nil || errs[1] != nil {
		t.Fatal(errs)
	}
	expectError(t, errs[2], codes.InvalidArgument, s2s.ReasonPageTokenInvalid)
}

func TestBatchesGiveEachItemAnIDAndAResult(t *testing.T) {
	f := &fake{script: []answer{fail(unavailable())}}
	items := []s2s.RecordConversionParams{{ClickID: "x"}, {}, {RequestID: "mine"}, ofPostback()}
	response, err := startFake(t, f).Conversions.BatchRecord(t.Context(),
		s2s.BatchRecordConversionsParams{Requests: items})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s2s.Result(response.GetResults()[0]); err != nil {
		t.Error(err)
	}
	_, err = s2s.Result(response.GetResults()[1])
	expectError(t, err, codes.InvalidArgument, s2s.ReasonParameterMissing)
	if err.Error() != "no click id [PARAMETER_MISSING]" {
		t.Error(err)
	}
	ids := f.requestIDs()
	if !slices.Equal(ids[:4], ids[4:]) || len(ids[0]) != 32 || ids[0] == ids[1] {
		t.Error(ids)
	}
	if ids[2] != "mine" || len(ids[3]) != 32 || ids[3] == ids[0] {
		t.Error(ids)
	}
}

// contradiction returns parameters that no message can hold together.
func contradiction() s2s.RecordConversionParams {
	params := ofPostback()
	params.ClickID = "x"
	return params
}

func TestParametersThatExcludeEachOtherAreNotSent(t *testing.T) {
	f := &fake{}
	client := startFake(t, f)
	_, single := client.Conversions.Record(t.Context(), contradiction())
	items := []s2s.RecordConversionParams{{}, contradiction()}
	_, batch := client.Conversions.BatchRecord(t.Context(),
		s2s.BatchRecordConversionsParams{Requests: items})
	for _, err := range []error{single, batch} {
		failure := expectError(t, err, codes.InvalidArgument, s2s.ReasonFieldInvalid)
		if err.Error() != "only one of postback, conversion can be given [FIELD_INVALID]" {
			t.Error(err)
		}
		if len(failure.FieldViolations) != 2 || failure.FieldViolations[1].Field != "conversion" {
			t.Error(failure.FieldViolations)
		}
	}
	if f.attempted() != 0 {
		t.Error(f.attempted())
	}
}

func TestStreamsGiveAResultForEachItem(t *testing.T) {
	f := &fake{}
	listener := listen(t)
	var keys []string
	f.serve(t, listener, grpc.StreamInterceptor(func(
		server any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handle grpc.StreamHandler,
	) error {
		keys = incoming(stream.Context(), "authorization")
		return handle(server, stream)
	}))
	client := newClient(t, "http://"+listener.Addr().String(), s2s.WithAPIKey("s3cret"))
	type sales = []s2s.RecordConversionParams
	a, b, c := ofSale("a"), ofSale("b"), ofSale("c")
	for _, row := range []struct {
		items sales
		ids   []string
		code  codes.Code
	}{
		{nil, nil, codes.OK},
		{sales{a, b, c}, []string{"a", "b", "c"}, codes.OK},
		{sales{a, ofSale("fail"), c}, []string{"a"}, codes.Unavailable},
		{sales{a, b, contradiction(), c}, []string{"a", "b"}, codes.InvalidArgument},
	} {
		ids, err := readAll(client.Conversions.StreamRecord(t.Context(), slices.Values(row.items)))
		if !slices.Equal(ids, row.ids) || codeOf(err) != row.code {
			t.Errorf("%v: %v, %v", row.ids, ids, err)
		}
	}
	if !slices.Equal(keys, []string{"Bearer s3cret"}) {
		t.Error(keys)
	}
}

func TestAStreamThatEndsTooEarlyIsAnError(t *testing.T) {
	ended := make(chan struct{})
	items := func(yield func(s2s.RecordConversionParams) bool) {
		if yield(ofSale("a")) && yield(ofSale("end")) {
			<-ended
		}
	}
	client := startFake(t, &fake{})
	ids, err := readAll(client.Conversions.StreamRecord(t.Context(), items))
	close(ended)
	expectError(t, err, codes.Unavailable, s2s.ReasonUnavailable)
	if !slices.Equal(ids, []string{"a"}) {
		t.Error(ids)
	}
	// All items are sent, and two have no result.
	sales := []s2s.RecordConversionParams{ofSale("a"), ofSale("end"), ofSale("b")}
	ids, err = readAll(client.Conversions.StreamRecord(t.Context(), slices.Values(sales)))
	expectError(t, err, codes.Unavailable, s2s.ReasonUnavailable)
	if !slices.Equal(ids, []string{"a"}) {
		t.Error(ids)
	}
}

func TestEndingTheLoopEndsTheStream(t *testing.T) {
	stopped := make(chan struct{})
	endless := func(yield func(s2s.RecordConversionParams) bool) {
		defer close(stopped)
		for yield(ofSale("a")) {
		}
	}
	for _, err := range startFake(t, &fake{}).Conversions.StreamRecord(t.Context(), endless) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	<-stopped
}

func TestAStreamThatCanNotBeOpenedHasAnError(t *testing.T) {
	client, err := s2s.New()
	if err == nil {
		err = client.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	items := slices.Values([]s2s.RecordConversionParams{{}})
	_, err = readAll(client.Conversions.StreamRecord(t.Context(), items))
	expectError(t, err, codes.Canceled, s2s.ReasonUnknown)
}

func ofSale(transactionID string) s2s.RecordConversionParams {
	return s2s.RecordConversionParams{TransactionID: transactionID}
}

// readAll returns the conversion ids of a stream's results, and its error.
func readAll(results iter.Seq2[*s2s.RecordConversionResult, error]) (ids []string, err error) {
	for item, err := range results {
		if err != nil {
			return ids, err
		}
		response, err := s2s.Result(item)
		if err != nil {
			return ids, err
		}
		ids = append(ids, response.GetConversionId())
	}
	return ids, nil
}

func codeOf(err error) codes.Code {
	var failure *s2s.Error
	if !errors.As(err, &failure) {
		return codes.OK
	}
	return failure.Code
}
