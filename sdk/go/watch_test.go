package s2s_test

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	s2s "s2s.example/sdk-go"
	s2sv1 "s2s.example/sdk-go/gen/s2s/v1"
)

type watchStream = grpc.ServerStreamingServer[s2sv1.WatchConversionsResponse]

// A watchFake answers each stream by the next turn, the last of which is repeated, and keeps the
// resume tokens.
type watchFake struct {
	s2sv1.UnimplementedConversionServiceServer

	turns []func(watchStream) error

	mutex  sync.Mutex
	tokens []string
}

func (f *watchFake) WatchConversions(
	request *s2sv1.WatchConversionsRequest, stream watchStream,
) error {
	f.mutex.Lock()
	turn := f.turns[min(len(f.tokens), len(f.turns)-1)]
	f.tokens = append(f.tokens, request.GetResumeToken())
	f.mutex.Unlock()
	return turn(stream)
}

func (f *watchFake) asked() []string {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return slices.Clone(f.tokens)
}

func startWatchFake(t *testing.T, f *watchFake, options ...s2s.Option) *s2s.Client {
	t.Helper()
	listener, server := listen(t), grpc.NewServer()
	s2sv1.RegisterConversionServiceServer(server, f)
	var done sync.WaitGroup
	done.Go(func() {
		if err := server.Serve(listener); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		server.Stop()
		done.Wait()
	})
	return newClient(t, "http://"+listener.Addr().String(), options...)
}

// sends makes a turn that sends messages with these tokens, and then ends with the error.
func sends(err error, tokens ...string) func(watchStream) error {
	return func(stream watchStream) error {
		for _, token := range tokens {
			message := &s2sv1.WatchConversionsResponse{ResumeToken: token}
			if failed := stream.Send(message); failed != nil {
				return failed
			}
		}
		return err
	}
}

func opens(stream watchStream) error {
	if err := stream.SendHeader(nil); err != nil {
		return err
	}
	return never(stream.Context())
}

func neverOpens(stream watchStream) error {
	return never(stream.Context())
}

// readTokens returns the tokens of at most this many messages, and the error.
func readTokens(
	messages iter.Seq2[*s2s.WatchConversionsResponse, error], count int,
) (tokens []string, err error) {
	for message, err := range messages {
		if err != nil {
			return tokens, err
		}
		if tokens = append(tokens, message.GetResumeToken()); len(tokens) == count {
			break
		}
	}
	return tokens, nil
}

func TestAWatchGoesOnBehindTheLastMessage(t *testing.T) {
	overloaded := withReason(codes.ResourceExhausted, "too many streams", "OVERLOADED").Err()
	tooOld := withReason(codes.OutOfRange, "too old", "RESUME_TOKEN_TOO_OLD").Err()
	f := &watchFake{turns: []func(watchStream) error{
		sends(unavailable()), sends(nil, "a", "b"), sends(unavailable()), sends(overloaded),
		sends(unavailable(), "c"), sends(tooOld, "d"),
	}}
	client := startWatchFake(t, f, s2s.WithRetries(1))
	params := s2s.WatchConversionsParams{ResumeToken: "mine"}
	tokens, err := readTokens(client.Conversions.Watch(t.Context(), params), 10)
	expectError(t, err, codes.OutOfRange, s2s.ReasonResumeTokenTooOld)
	if !slices.Equal(tokens, []string{"a", "b", "c", "d"}) {
		t.Error(tokens)
	}
	if asked := f.asked(); !slices.Equal(asked, []string{"mine", "mine", "b", "b", "b", "c"}) {
		t.Error(asked)
	}
}

func TestAWatchThatDoesNotBeginIsTriedAsOftenAsACall(t *testing.T) {
	f := &watchFake{turns: []func(watchStream) error{sends(unavailable())}}
	client := startWatchFake(t, f, s2s.WithRetries(2))
	params := s2s.WatchConversionsParams{}
	_, err := readTokens(client.Conversions.Watch(t.Context(), params), 1)
	expectError(t, err, codes.Unavailable, s2s.ReasonUnavailable)
	if asked := f.asked(); len(asked) != 3 {
		t.Error(asked)
	}
}

func TestOnlyTheSecondMessageOfAWatchShortensThePauses(t *testing.T) {
	var logged bytes.Buffer
	f := &watchFake{turns: []func(watchStream) error{
		sends(unavailable(), "a"), sends(unavailable(), "b"), sends(unavailable(), "c"),
		sends(unavailable(), "d", "e"), sends(nil, "f"),
	}}
	logger := slog.New(slog.NewJSONHandler(&logged, nil))
	client := startWatchFake(t, f, s2s.WithLogger(logger))
	messages := client.Conversions.Watch(t.Context(), s2s.WatchConversionsParams{})
	tokens, err := readTokens(messages, 6)
	if err != nil || !slices.Equal(tokens, []string{"a", "b", "c", "d", "e", "f"}) {
		t.Fatal(tokens, err)
	}
	decoder := json.NewDecoder(&logged)
	for _, longest := range []time.Duration{100, 200, 400, 100} {
		var line struct{ Pause time.Duration }
		if err := decoder.Decode(&line); err != nil {
			t.Fatal(err)
		}
		longest *= time.Millisecond
		if line.Pause < longest/2 || line.Pause > longest {
			t.Error(line.Pause, "is not the pause of at most", longest)
		}
	}
	if decoder.More() {
		t.Error("there are more pauses")
	}
}

func TestAWatchThatHasBegunGoesOnAfterASlowOpening(t *testing.T) {
	f := &watchFake{turns: []func(watchStream) error{
		sends(unavailable(), "a"), neverOpens, sends(nil, "b"),
	}}
	client := startWatchFake(t, f, s2s.WithTimeout(time.Second), s2s.WithRetries(0))
	messages := client.Conversions.Watch(t.Context(), s2s.WatchConversionsParams{})
	tokens, err := readTokens(messages, 2)
	if err != nil || !slices.Equal(tokens, []string{"a", "b"}) {
		t.Error(tokens, err)
	}
	if asked := f.asked(); !slices.Equal(asked, []string{"", "a", "a"}) {
		t.Error(asked)
	}
}

func TestOnlyTheOpeningOfAWatchHasTheTimeout(t *testing.T) {
	f := &watchFake{turns: []func(watchStream) error{neverOpens, opens}}
	client := startWatchFake(t, f, s2s.WithTimeout(500*time.Millisecond))
	params := s2s.WatchConversionsParams{}
	_, err := readTokens(client.Conversions.Watch(t.Context(), params), 1)
	expectError(t, err, codes.DeadlineExceeded, s2s.ReasonDeadlineExceeded)

	ctx, cancel := context.WithTimeout(t.Context(), 1_500*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err = readTokens(client.Conversions.Watch(ctx, params), 1)
	expectError(t, err, codes.DeadlineExceeded, s2s.ReasonDeadlineExceeded)
	if took := time.Since(began); took < 1_400*time.Millisecond {
		t.Error("the timeout of the opening ended the stream after", took)
	}
}

func TestTheEndOfTheLoopOrContextCancelsAWatch(t *testing.T) {
	cancelled := make(chan struct{})
	waits := func(stream watchStream) error {
		defer func() { cancelled <- struct{}{} }()
		if err := sends(nil, "a")(stream); err != nil {
			return err
		}
		return never(stream.Context())
	}
	client := startWatchFake(t, &watchFake{turns: []func(watchStream) error{waits}})
	params := s2s.WatchConversionsParams{}
	if _, err := readTokens(client.Conversions.Watch(t.Context(), params), 1); err != nil {
		t.Fatal(err)
	}
	<-cancelled

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for _, err := range client.Conversions.Watch(ctx, params) {
		if err != nil {
			expectError(t, err, codes.Canceled, s2s.ReasonUnknown)
		}
		cancel()
	}
	<-cancelled
}
