package s2s

import (
	"context"
	"iter"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// A Page is a response of a list: items, and a token for the next page. The token is empty on the
// last page.
type Page interface {
	proto.Message
	GetNextPageToken() string
}

// All returns the items of all pages of a list, beginning at the request's page token. Each page is
// fetched when it is reached, with its own retries, and with the client's timeout if ctx has no
// deadline. After an error, which comes without an item, there are no more items.
//
// All has three arguments: a call that returns pages, its request, and a function that returns the
// items of a response:
//
//	filter := &s2sv1.ConversionFilter{ConversionCodeId: code}
//	request := &s2sv1.ListConversionsRequest{Filter: filter}
//	items := (*s2sv1.ListConversionsResponse).GetConversions
//	for conversion, err := range s2s.All(ctx, client.Conversions.ListConversions, request, items) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(conversion.GetId())
//	}
//
// Postbacks.ReplayPostbacks returns pages, too.
func All[Request proto.Message, Response Page, Item any](
	ctx context.Context,
	list func(context.Context, Request, ...grpc.CallOption) (Response, error),
	request Request,
	items func(Response) []Item,
) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		request := copyOf(request).ProtoReflect()
		pageToken := request.Descriptor().Fields().ByName("page_token")
		for {
			page, err := list(ctx, request.Interface().(Request))
			if err != nil {
				var none Item
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
			request.Set(pageToken, protoreflect.ValueOfString(page.GetNextPageToken()))
		}
	}
}
