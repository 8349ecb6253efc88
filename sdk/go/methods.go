package s2s

import (
	"context"
	"iter"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// call makes a call with one request and one response.
func call[Request, Response any](
	ctx context.Context,
	invoke func(context.Context, Request, ...grpc.CallOption) (Response, error),
	request func() (Request, error),
	options []grpc.CallOption,
) (response Response, err error) {
	made, err := request()
	if err != nil {
		return response, err
	}
	return invoke(ctx, made, options...)
}

// A page is a response of a list: items, and a token for the next page, which is empty on the last
// page.
type page interface {
	GetNextPageToken() string
}

// pages returns the items of all pages. Each page is fetched when it is reached.
func pages[Request proto.Message, Response page, Item any](
	ctx context.Context,
	invoke func(context.Context, Request, ...grpc.CallOption) (Response, error),
	request func() (Request, error),
	items func(Response) []Item,
	options []grpc.CallOption,
) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		var none Item
		made, err := request()
		if err != nil {
			yield(none, err)
			return
		}
		for {
			page, err := invoke(ctx, made, options...)
			if err != nil {
				yield(none, err)
				return
			}
			for _, item := range items(page) {
				if !yield(item, nil) {
					return
				}
			}
			if page.GetNextPageToken() == "" {
				return
			}
			setToken(made, "page_token", page.GetNextPageToken())
		}
	}
}

// setToken sets a field of a request with the place to go on from.
func setToken(request proto.Message, name protoreflect.Name, token string) {
	message := request.ProtoReflect()
	message.Set(message.Descriptor().Fields().ByName(name), protoreflect.ValueOfString(token))
}

// requests returns the requests of the items of a batch.
func requests[Params, Request any](
	items []Params, request func(Params) (Request, error),
) ([]Request, error) {
	made := make([]Request, len(items))
	for i, item := range items {
		var err error
		if made[i], err = request(item); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// timestamp returns a time as a message, or nil for the zero time.
func timestamp(value time.Time) *timestamppb.Timestamp {
	if value.IsZero() {
		return nil
	}
	return timestamppb.New(value)
}

func duration(value *time.Duration) *durationpb.Duration {
	if value == nil {
		return nil
	}
	return durationpb.New(*value)
}

// isGiven returns true if any field of the message is set.
func isGiven(message proto.Message) bool {
	return proto.Size(message) > 0
}

// An alternative is a parameter that excludes others: the path of its field, and whether it is
// given.
type alternative struct {
	path    string
	isGiven bool
}

// atMostOne returns an [*Error] like one from the server if more than one of the alternatives is
// given. A message holds only one of them, so the server can't notice.
func atMostOne(alternatives ...alternative) error {
	var paths []string
	for _, each := range alternatives {
		if each.isGiven {
			paths = append(paths, each.path)
		}
	}
	if len(paths) < 2 {
		return nil
	}
	message := "only one of " + strings.Join(paths, ", ") + " can be given"
	made := readStatus(status.New(codes.InvalidArgument, message))
	made.Reason, made.ReasonText = ReasonFieldInvalid, "FIELD_INVALID"
	for _, path := range paths {
		made.FieldViolations = append(made.FieldViolations, FieldViolation{path, message})
	}
	return made
}
