package s2s_test

import (
	"slices"
	"testing"

	"google.golang.org/grpc/codes"

	s2s "s2s.example/sdk-go"
	s2sv1 "s2s.example/sdk-go/gen/s2s/v1"
)

func TestListsWalkAllPagesAndOnlyWhenAsked(t *testing.T) {
	f := &fake{script: []answer{nil, fail(unavailable())}}
	client := startFake(t, f)
	filter := &s2sv1.ConversionFilter{ClickId: "filter"}
	request := &s2sv1.ListConversionsRequest{Filter: filter}
	items := (*s2sv1.ListConversionsResponse).GetConversions
	conversions := s2s.All(t.Context(), client.Conversions.ListConversions, request, items)
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
	if request.GetPageToken() != "" {
		t.Error("the caller's message was written")
	}
	for range conversions {
		break
	}
	expectTokens("", "second", "second", "third", "")
}

func TestListsEndWithAnError(t *testing.T) {
	invalid := withReason(codes.InvalidArgument, "", "PAGE_TOKEN_INVALID").Err()
	client := startFake(t, &fake{script: []answer{nil, fail(invalid)}})
	filter := &s2sv1.ConversionFilter{ClickId: "filter"}
	request := &s2sv1.ListConversionsRequest{Filter: filter}
	items := (*s2sv1.ListConversionsResponse).GetConversions
	var errs []error
	for conversion, err := range s2s.All(t.Context(), client.Conversions.ListConversions, request, items) {
		if (conversion == nil) != (err != nil) {
			t.Error(conversion, err)
		}
		errs = append(errs, err)
	}
	if len(errs) != 3 || errs[0] != nil || errs[1] != nil {
		t.Fatal(errs)
	}
	expectError(t, errs[2], codes.InvalidArgument, s2sv1.ErrorReason_ERROR_REASON_PAGE_TOKEN_INVALID)
}
