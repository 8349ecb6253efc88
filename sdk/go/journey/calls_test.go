package journey_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	s2s "s2s.example/sdk-go"
	s2sv1 "s2s.example/sdk-go/gen/s2s/v1"
)

func expectCall(ctx context.Context, client *s2s.Client, c call) (any, error) {
	m, err := methodOf(client, c.Call, c.Request)
	if err != nil {
		return nil, err
	}
	response, _, err := m.call(ctx)
	if err := c.Error.check(err); err != nil || c.Error != nil {
		return nil, err
	}
	answer, err := asJSON(response)
	if err != nil {
		return nil, err
	}
	if c.Results != nil {
		batch, ok := response.(*s2s.BatchRecordConversionsResponse)
		if !ok {
			return nil, fmt.Errorf("%T has no results", response)
		}
		return answer, expectResults(batch.GetResults(), c.Results)
	}
	return answer, match(answer, c.Response)
}

func expectResults(items []*s2s.RecordConversionResult, expected []result) error {
	if err := expectEqual(len(items), len(expected)); err != nil {
		return err
	}
	for i, item := range items {
		response, err := s2s.Result(item)
		if err := expected[i].Error.check(err); err != nil {
			return fmt.Errorf("result %d: %w", i, err)
		}
		if expected[i].Error != nil {
			continue
		}
		answer, err := asJSON(response)
		if err != nil {
			return err
		}
		if err := match(answer, expected[i].Response); err != nil {
			return fmt.Errorf("result %d: %w", i, err)
		}
	}
	return nil
}

func expectList(ctx context.Context, client *s2s.Client, s step) error {
	found, err := listOf(ctx, client, s)
	if err := s.Error.check(err); err != nil || s.Error != nil {
		return err
	}
	items := []any{}
	for _, item := range found {
		shown, err := asJSON(item)
		if err != nil {
			return err
		}
		items = append(items, shown)
	}
	if s.Count != nil {
		return expectEqual(len(items), *s.Count)
	}
	if s.Items == nil {
		return errors.New("neither items nor count")
	}
	return match(items, s.Items)
}

// listOf returns the items of a list. A request with a page token is sent as a message, because the
// methods of lists have no such parameter.
func listOf(ctx context.Context, client *s2s.Client, s step) ([]proto.Message, error) {
	if strings.Contains(string(s.Request), "pageToken") {
		_, rpc, _ := strings.Cut(s.List, "/")
		request, err := messageOf(rpc+"Request", s.Request)
		if err != nil {
			return nil, err
		}
		page := &s2sv1.ListConversionsResponse{}
		return nil, client.Connection().Invoke(ctx, "/s2s.v1."+s.List, request, page)
	}
	m, err := methodOf(client, s.List, s.Request)
	if err != nil {
		return nil, err
	}
	_, items, err := m.call(ctx)
	return items, err
}

// expectWatch watches until as many events came as are expected, but for one message at least. It
// returns the last message.
func expectWatch(ctx context.Context, client *s2s.Client, s step) (last any, err error) {
	m, err := methodOf(client, s.Watch, s.Request)
	if err != nil {
		return nil, err
	}
	events := []any{}
	err = m.each(ctx, func(message proto.Message) (more bool, err error) {
		if last, err = asJSON(message); err != nil {
			return false, err
		}
		if _, ok := last.(map[string]any)["heartbeat"]; !ok {
			events = append(events, last)
		}
		return len(events) != len(s.Items), nil
	})
	if err := s.Error.check(err); err != nil || s.Error != nil {
		return nil, err
	}
	return last, match(events, append([]any{}, s.Items...))
}

func expectStream(ctx context.Context, client *s2s.Client, s *stream) error {
	var items []s2s.RecordConversionParams
	for _, text := range s.Requests {
		m, err := methodOf(client, "ConversionService/RecordConversion", text)
		if err != nil {
			return err
		}
		items = append(items, m.params.Interface().(s2s.RecordConversionParams))
	}
	var results []*s2s.RecordConversionResult
	for result, err := range client.Conversions.StreamRecord(ctx, slices.Values(items)) {
		if err != nil {
			return err
		}
		results = append(results, result)
	}
	return expectResults(results, s.Results)
}

func expectHTTP(ctx context.Context, s step) (any, error) {
	body := strings.NewReader(s.HTTP.Body)
	request, err := http.NewRequestWithContext(ctx, s.HTTP.Method, s.HTTP.URL, body)
	if err != nil {
		return nil, err
	}
	for name, value := range s.HTTP.Headers {
		request.Header.Set(name, value)
	}
	// Uses a transport, because a client would follow redirects.
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	received, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return nil, err
	}
	if response.StatusCode != s.Status {
		return nil, fmt.Errorf("status %s instead of %d: %s", response.Status, s.Status, received)
	}
	headers := map[string]any{}
	for name, values := range response.Header {
		headers[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	for name, pattern := range s.Headers {
		if err := match(headers[strings.ToLower(name)], pattern); err != nil {
			return nil, fmt.Errorf("header %s: %w", name, err)
		}
	}
	answer := map[string]any{"headers": headers}
	if s.JSON != nil {
		var shown any
		if err := decode(received, &shown); err != nil {
			return nil, err
		}
		answer["json"] = shown
		if err := match(shown, s.JSON); err != nil {
			return nil, err
		}
	}
	return answer, nil
}

func asJSON(message proto.Message) (shown any, err error) {
	text, err := protojson.MarshalOptions{EmitDefaultValues: true}.Marshal(message)
	if err != nil {
		return nil, err
	}
	err = decode(text, &shown)
	return shown, err
}
