package journey_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	s2s "s2s.example/sdk-go"
	s2sv1 "s2s.example/sdk-go/gen/s2s/v1"
)

func expectCall(ctx context.Context, client *s2s.Client, c call) (any, error) {
	send, request, err := method(client, c.Call)
	if err != nil {
		return nil, err
	}
	if err := protojson.Unmarshal(c.Request, request); err != nil {
		return nil, err
	}
	response, err := send(ctx, request)
	if err := c.Error.check(err); err != nil || c.Error != nil {
		return nil, err
	}
	answer, err := asJSON(response)
	if err != nil {
		return nil, err
	}
	if c.Results != nil {
		batch, ok := response.(*s2sv1.BatchRecordConversionsResponse)
		if !ok {
			return nil, fmt.Errorf("%T has no results", response)
		}
		return answer, expectResults(batch.GetResults(), c.Results)
	}
	return answer, match(answer, c.Response)
}

func expectResults(items []*s2sv1.RecordConversionResult, expected []result) error {
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
	list, request, err := method(client, s.List)
	if err != nil {
		return err
	}
	if err := protojson.Unmarshal(s.Request, request); err != nil {
		return err
	}
	pages := func(ctx context.Context, request proto.Message, _ ...grpc.CallOption) (s2s.Page, error) {
		response, err := list(ctx, request)
		if err != nil {
			return nil, err
		}
		return response.(s2s.Page), nil
	}
	itemsOf := func(page s2s.Page) (items []proto.Message) {
		message := page.ProtoReflect()
		field := message.Descriptor().Fields().ByJSONName(s.Field)
		for i := range message.Get(field).List().Len() {
			items = append(items, message.Get(field).List().Get(i).Message().Interface())
		}
		return items
	}
	items, failed := []any{}, error(nil)
	for item, err := range s2s.All(ctx, pages, request, itemsOf) {
		if err != nil {
			failed = err
			continue
		}
		shown, err := asJSON(item)
		if err != nil {
			return err
		}
		items = append(items, shown)
	}
	if err := s.Error.check(failed); err != nil || s.Error != nil {
		return err
	}
	if s.Count != nil {
		return expectEqual(len(items), *s.Count)
	}
	if s.Items == nil {
		return errors.New("neither items nor count")
	}
	return match(items, s.Items)
}

func expectStream(ctx context.Context, client *s2s.Client, s *stream) error {
	opened, err := client.Conversions.StreamRecordConversions(ctx)
	if err != nil {
		return err
	}
	for _, text := range s.Requests {
		request := &s2sv1.RecordConversionRequest{}
		if err := protojson.Unmarshal(text, request); err != nil {
			return err
		}
		if err := opened.Send(&s2sv1.StreamRecordConversionsRequest{Request: request}); err != nil {
			return err
		}
	}
	if err := opened.CloseSend(); err != nil {
		return err
	}
	var results []*s2sv1.RecordConversionResult
	for {
		response, err := opened.Recv()
		if errors.Is(err, io.EOF) {
			return expectResults(results, s.Results)
		}
		if err != nil {
			return err
		}
		results = append(results, response.GetResult())
	}
}

func expectHTTP(ctx context.Context, s step) (any, error) {
	request, err := http.NewRequestWithContext(ctx, s.HTTP.Method, s.HTTP.URL, strings.NewReader(s.HTTP.Body))
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
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return nil, err
	}
	if response.StatusCode != s.Status {
		return nil, fmt.Errorf("status %d instead of %d: %s", response.StatusCode, s.Status, body)
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
		if err := decode(body, &shown); err != nil {
			return nil, err
		}
		answer["json"] = shown
		if err := match(shown, s.JSON); err != nil {
			return nil, err
		}
	}
	return answer, nil
}

// method finds a call, such as ConversionService/RecordConversion, among the client's services, and
// makes an empty request for it.
func method(
	client *s2s.Client, name string,
) (func(context.Context, proto.Message) (proto.Message, error), proto.Message, error) {
	service, rpc, _ := strings.Cut(name, "/")
	fields := reflect.ValueOf(client).Elem()
	for i := range fields.NumField() {
		if fields.Type().Field(i).Type.Name() != service+"Client" {
			continue
		}
		found := fields.Field(i).MethodByName(rpc)
		if !found.IsValid() {
			break
		}
		send := func(ctx context.Context, request proto.Message) (proto.Message, error) {
			returned := found.Call([]reflect.Value{reflect.ValueOf(ctx), reflect.ValueOf(request)})
			if err, failed := returned[1].Interface().(error); failed {
				return nil, err
			}
			return returned[0].Interface().(proto.Message), nil
		}
		return send, reflect.New(found.Type().In(1).Elem()).Interface().(proto.Message), nil
	}
	return nil, nil, fmt.Errorf("the client has no %s", name)
}

func asJSON(message proto.Message) (shown any, err error) {
	text, err := protojson.MarshalOptions{EmitDefaultValues: true}.Marshal(message)
	if err != nil {
		return nil, err
	}
	err = decode(text, &shown)
	return shown, err
}
