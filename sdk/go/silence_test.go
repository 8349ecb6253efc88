package s2s

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	s2sv1 "s2s.example/sdk-go/gen/s2s/v1"
)

// A dying stream has one message, and is then silent.
type dying struct {
	grpc.ClientStream
	ctx  context.Context
	sent bool
}

func (d *dying) Header() (metadata.MD, error) {
	return nil, nil
}

func (d *dying) Recv() (*s2sv1.WatchConversionsResponse, error) {
	if !d.sent {
		d.sent = true
		return &s2sv1.WatchConversionsResponse{ResumeToken: "a"}, nil
	}
	<-d.ctx.Done()
	return nil, d.ctx.Err()
}

type openWatch func(
	context.Context, *s2sv1.WatchConversionsRequest, ...grpc.CallOption,
) (grpc.ServerStreamingClient[s2sv1.WatchConversionsResponse], error)

func watchWith(
	ctx context.Context, open openWatch,
) iter.Seq2[*s2sv1.WatchConversionsResponse, error] {
	calls := policy{timeout: time.Second, retries: 1, logger: slog.New(slog.DiscardHandler)}
	request := WatchConversionsParams{}.request
	token := (*s2sv1.WatchConversionsResponse).GetResumeToken
	return watch(ctx, calls, "", open, request, token, nil)
}

func TestASilentStreamIsOpenedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked []string
		open := func(
			ctx context.Context, request *s2sv1.WatchConversionsRequest, _ ...grpc.CallOption,
		) (grpc.ServerStreamingClient[s2sv1.WatchConversionsResponse], error) {
			asked = append(asked, request.GetResumeToken())
			return &dying{ctx: ctx}, nil
		}
		began, received := time.Now(), 0
		for _, err := range watchWith(t.Context(), open) {
			if err != nil {
				t.Fatal(err)
			}
			if received++; received == 2 {
				break
			}
			// A slow reader is not a silent server.
			time.Sleep(2 * silenceMax)
		}
		if len(asked) != 2 || asked[1] != "a" {
			t.Error(asked)
		}
		took := time.Since(began)
		if took < 3*silenceMax || took > 3*silenceMax+firstPause {
			t.Error(took)
		}
	})
}

// The bubble of a test also finds goroutines that would be left.
func TestTheEndOfTheContextEndsThePauseOfAWatch(t *testing.T) {
	begin := map[codes.Code]func(context.Context) (context.Context, context.CancelFunc){
		codes.Canceled: func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(time.Minute, cancel)
			return ctx, cancel
		},
		codes.DeadlineExceeded: func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, time.Minute)
		},
	}
	delay := &errdetails.RetryInfo{RetryDelay: durationpb.New(time.Hour)}
	stopping, err := status.New(codes.Unavailable, "stopping").WithDetails(delay)
	if err != nil {
		t.Fatal(err)
	}
	for expected, begin := range begin {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := begin(t.Context())
			defer cancel()
			openings, began := 0, time.Now()
			open := func(
				context.Context, *s2sv1.WatchConversionsRequest, ...grpc.CallOption,
			) (grpc.ServerStreamingClient[s2sv1.WatchConversionsResponse], error) {
				openings++
				return nil, stopping.Err()
			}
			for _, err := range watchWith(ctx, open) {
				if failure := new(Error); !errors.As(err, &failure) || failure.Code != expected {
					t.Error(err)
				}
			}
			if took := time.Since(began); took != time.Minute || openings != 1 {
				t.Error(took, openings)
			}
		})
	}
}
