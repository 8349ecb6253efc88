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

// withRequestID returns a request with the ids that make it safe to repeat. If ids are missing, it
// adds them to a copy. It never changes the caller's message, because that message may be in use
// elsewhere, and because the next call with the same message is another request.
func withRequestID(request proto.Message) proto.Message {
	switch request := request.(type) {
	case *s2sv1.RecordClickRequest:
		// Request id and click time together determine the click id. A request with a click id
		// needs neither. A caller who sets the request id must set the click time, too: the server
		// refuses a request id without a time, because its repetition would be another click.
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

// requestIDField returns the field of the request id, or nil if requests of this kind have none.
func requestIDField(request proto.Message) protoreflect.FieldDescriptor {
	return request.ProtoReflect().Descriptor().Fields().ByName("request_id")
}

func newRequestID() string {
	random := make([]byte, requestIDBytes)
	// Read never fails: if the system has no random bytes, the process ends.
	_, _ = rand.Read(random)
	return hex.EncodeToString(random)
}

// copyOf returns a copy that can be changed, even if the original is nil.
func copyOf[Message proto.Message](original Message) Message {
	own := original.ProtoReflect().New().Interface()
	proto.Merge(own, original)
	return own.(Message)
}
