package s2s

import (
	"crypto/rand"
	"encoding/hex"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	s2sv1 "s2s.example/sdk-go/gen/s2s/v1"
)

const requestIDBytes = 16

// withRequestID returns the request, or a copy of it with what makes it safe to repeat. The caller's own
// message is never written: it may be in use elsewhere, and the next call with it is another request.
func withRequestID(request proto.Message) proto.Message {
	switch request := request.(type) {
	case *s2sv1.RecordClickRequest:
		// Request id and click time together make the click id; a click that has one needs neither. A
		// caller's own request id must come with its own time, else a repetition would be another click:
		// the server says so.
		if request.GetClickId() != "" || request.GetRequestId() != "" {
			return request
		}
		filled := copyOf(request)
		filled.RequestId = newRequestID()
		if filled.ClickTime == nil {
			filled.ClickTime = timestamppb.Now()
		}
		return filled
	case *s2sv1.BatchRecordConversionsRequest:
		filled := copyOf(request)
		for _, item := range filled.Requests {
			if item.RequestId == "" {
				item.RequestId = newRequestID()
			}
		}
		return filled
	default:
		field := requestIDField(request)
		if field == nil || request.ProtoReflect().Has(field) {
			return request
		}
		filled := copyOf(request)
		filled.ProtoReflect().Set(field, protoreflect.ValueOfString(newRequestID()))
		return filled
	}
}

// requestIDField is nil where requests of this kind have none.
func requestIDField(request proto.Message) protoreflect.FieldDescriptor {
	return request.ProtoReflect().Descriptor().Fields().ByName("request_id")
}

func newRequestID() string {
	random := make([]byte, requestIDBytes)
	// Never fails: where the system has no random bytes, the process ends.
	_, _ = rand.Read(random)
	return hex.EncodeToString(random)
}

// copyOf returns a message that can be written even where the original is nil.
func copyOf[Message proto.Message](original Message) Message {
	own := original.ProtoReflect().New().Interface()
	proto.Merge(own, original)
	return own.(Message)
}
