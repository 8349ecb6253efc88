// Package journey_test runs the journey of all SDKs against a real server, and the vectors. It is a
// package of its own, so that users who run the SDK's tests don't need the repository.
package journey_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	s2s "s2s.example/sdk-go"
)

// A step of the journey, with exactly one action.
type step struct {
	Name string
	// Browser is false if browsers skip the step; it has no meaning here.
	Browser *bool

	call
	List    string
	Watch   string
	HTTP    *httpRequest
	Restart *call
	Stream  *stream
	Money   *money
	Sign    *sign
	ClickID *clickID `json:"click_id"`

	// Fields of a list and of a watch.
	Field string
	Items []any
	Count *int

	// Fields of an HTTP request.
	Status  int
	Headers map[string]any
	JSON    any

	Save map[string]any

	TimeoutMS     int `json:"timeout_ms"`
	CancelAfterMS int `json:"cancel_after_ms"`
	Endpoint      string
	APIKey        *string `json:"api_key"`
	Retries       *uint
}

// A call, and its expected outcome: a response, an error, or a result for each item.
type call struct {
	Call     string
	Request  json.RawMessage
	Response any
	Error    *failure
	Results  []result
}

type result struct {
	Response any
	Error    *failure
}

type failure struct {
	Code     codes.Code
	Reason   string
	Fields   []string
	Metadata map[string]string
}

type httpRequest struct {
	Method, URL, Body string
	Headers           map[string]string
}

type stream struct {
	Requests []json.RawMessage
	Results  []result
}

type money struct {
	Decimal  string
	Currency string
	Micros   json.Number
	Text     string
	Error    bool
}

type sign struct {
	URL, Body, Secret, SignedURL string
	UnixSeconds                  int64
}

type clickID struct {
	Text       string
	Normalised *string
}

func TestJourney(t *testing.T) {
	text, err := os.ReadFile(variable(t, "S2S_JOURNEY"))
	if err != nil {
		t.Fatal(err)
	}
	var journey struct{ Steps []any }
	if err := decode(text, &journey); err != nil {
		t.Fatal(err)
	}
	random := make([]byte, 8)
	if _, err := rand.Read(random); err != nil {
		t.Fatal(err)
	}
	r := &runner{
		key:     variable(t, "S2S_JOURNEY_KEY"),
		control: variable(t, "S2S_JOURNEY_CONTROL_URL"),
		saved: map[string]string{
			"url":        variable(t, "S2S_JOURNEY_URL"),
			"silent_url": variable(t, "S2S_JOURNEY_SILENT_URL"),
			"random":     hex.EncodeToString(random),
		},
	}
	ran := 0
	for number, template := range journey.Steps {
		name := fmt.Sprint(template.(map[string]any)["name"])
		if err := r.step(t.Context(), template); err != nil {
			t.Fatalf("step %d, %s: %v", number+1, name, err)
		}
		ran++
	}
	if ran == 0 || ran != len(journey.Steps) {
		t.Errorf("%d steps of %d were run", ran, len(journey.Steps))
	}
	t.Logf("%d steps", ran)
}

func variable(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("%s is not set: the journey runs by `make test`", name)
	}
	return value
}

type runner struct {
	key, control string
	// The saved values, which later steps name.
	saved map[string]string
}

func (r *runner) step(ctx context.Context, template any) (err error) {
	filled, err := fill(template, r.saved)
	if err != nil {
		return err
	}
	text, err := json.Marshal(filled)
	if err != nil {
		return err
	}
	var s step
	if err := decode(text, &s); err != nil {
		return err
	}
	client, err := r.client(s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	if s.TimeoutMS > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(s.TimeoutMS)*time.Millisecond)
		defer cancel()
	}
	if s.CancelAfterMS > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		defer time.AfterFunc(time.Duration(s.CancelAfterMS)*time.Millisecond, cancel).Stop()
		defer cancel()
	}
	answer, err := r.act(ctx, client, s)
	if err != nil {
		return err
	}
	for name, from := range s.Save {
		if r.saved[name], err = pick(answer, from); err != nil {
			return fmt.Errorf("saving %s: %w", name, err)
		}
	}
	return nil
}

func (r *runner) client(s step) (*s2s.Client, error) {
	endpoint, key := r.saved["url"], r.key
	if s.Endpoint != "" {
		endpoint = s.Endpoint
	}
	if s.APIKey != nil {
		key = *s.APIKey
	}
	options := []s2s.Option{s2s.WithEndpoint(endpoint)}
	if key != "" {
		options = append(options, s2s.WithAPIKey(key))
	}
	if s.Retries != nil {
		options = append(options, s2s.WithRetries(*s.Retries))
	}
	return s2s.New(options...)
}

// act runs the action of a step, and returns the answer from which its values are saved.
func (r *runner) act(ctx context.Context, client *s2s.Client, s step) (answer any, err error) {
	actions := 0
	run := func(isThere bool, action func() error) {
		if isThere {
			actions++
			err = action()
		}
	}
	run(s.Call != "", func() error { answer, err = expectCall(ctx, client, s.call); return err })
	run(s.List != "", func() error { return expectList(ctx, client, s) })
	run(s.Watch != "", func() error { answer, err = expectWatch(ctx, client, s); return err })
	run(s.HTTP != nil, func() error { answer, err = expectHTTP(ctx, s); return err })
	run(s.Restart != nil, func() error {
		if err := r.restart(ctx); err != nil {
			return err
		}
		answer, err = expectCall(ctx, client, *s.Restart)
		return err
	})
	run(s.Stream != nil, func() error { return expectStream(ctx, client, s.Stream) })
	run(s.Money != nil, func() error { return expectMoney(s.Money) })
	run(s.Sign != nil, func() error {
		now := time.Unix(s.Sign.UnixSeconds, 0)
		signed := s2s.SignPostback(s.Sign.URL, []byte(s.Sign.Body), s.Sign.Secret, now)
		isValid := s2s.VerifyPostback(signed, []byte(s.Sign.Body), s.Sign.Secret, now, 0)
		return errors.Join(expectEqual(signed, s.Sign.SignedURL), expectEqual(isValid, true))
	})
	run(s.ClickID != nil, func() error {
		normalised, ok := s2s.NormaliseClickID(s.ClickID.Text)
		if s.ClickID.Normalised == nil {
			return expectEqual(ok, false)
		}
		return expectEqual(normalised, *s.ClickID.Normalised)
	})
	if actions != 1 {
		return nil, fmt.Errorf("%d actions", actions)
	}
	return answer, err
}

// restart kills the server, which starts again automatically.
func (r *runner) restart(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.control+"/restart", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	err = expectEqual(response.StatusCode, http.StatusNoContent)
	return errors.Join(response.Body.Close(), err)
}

func expectMoney(m *money) error {
	parsed, err := s2s.ParseMoney(m.Decimal, cmp.Or(m.Currency, "EUR"))
	if m.Error {
		return expectEqual(err != nil, true)
	}
	if err != nil {
		return err
	}
	micros, err := m.Micros.Int64()
	if err != nil {
		return err
	}
	back, text := s2s.MoneyDecimal(parsed), s2s.FormatMoney(parsed)
	return errors.Join(
		expectEqual(parsed.GetMicros(), micros),
		expectEqual(back, m.Decimal),
		expectEqual(text, cmp.Or(m.Text, text)),
	)
}

// check compares err with the expected error f. If f is nil, err must be nil.
func (f *failure) check(err error) error {
	if f == nil || err == nil {
		if f != nil {
			return errors.New("no error")
		}
		return err
	}
	var got *s2s.Error
	if !errors.As(err, &got) {
		return fmt.Errorf("%w is not an *s2s.Error", err)
	}
	var fields []string
	for _, violation := range got.FieldViolations {
		fields = append(fields, violation.Field)
	}
	reason := strings.TrimPrefix(got.Reason.String(), "ERROR_REASON_")
	fits := got.Code == f.Code && (f.Reason == "" || reason == f.Reason) &&
		(f.Fields == nil || slices.Equal(fields, f.Fields))
	for name, value := range f.Metadata {
		fits = fits && got.Metadata[name] == value
	}
	if !fits {
		return fmt.Errorf("%+v instead of %+v", *got, *f)
	}
	return nil
}

func expectEqual[T any](got, expected T) error {
	if !reflect.DeepEqual(got, expected) {
		return fmt.Errorf("%v instead of %v", got, expected)
	}
	return nil
}

// decode reads JSON with exact numbers, and refuses unknown fields.
func decode(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}
