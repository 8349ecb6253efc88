//! The journey of all SDKs (`tests/journey.json`), played by the Rust SDK. This player is the
//! reference for the players of the other SDKs.

mod calls;
mod pattern;

use std::{
    collections::BTreeMap,
    process::Stdio,
    time::{Duration, Instant},
};

use futures::{TryStreamExt as _, stream};
use regex::Regex;
use s2s_sdk::{Client, Error, click_id, postback, v1::Money};
use s2s_tests::{Answer, eventually, http, stage::Stage};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::Command,
};

/// The time limit of a call that has its own timeout or is cancelled. The default timeout is
/// longer.
const SINGLE_CALL_MAX: Duration = Duration::from_secs(5);

/// A step, with exactly one of the actions.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    name: String,
    #[serde(rename = "browser")]
    _browser: Option<bool>,

    // The actions.
    call: Option<String>,
    list: Option<String>,
    http: Option<Http>,
    restart: Option<Restart>,
    stream: Option<Streamed>,
    watch: Option<String>,
    money: Option<Amount>,
    sign: Option<Signature>,
    click_id: Option<ClickId>,

    // The options of the call.
    request: Option<Value>,
    endpoint: Option<String>,
    api_key: Option<String>,
    retries: Option<u32>,
    timeout_ms: Option<u64>,
    cancel_after_ms: Option<u64>,

    // The expected outcome.
    response: Option<Value>,
    results: Option<Vec<Outcome>>,
    error: Option<Failure>,
    field: Option<String>,
    items: Option<Vec<Value>>,
    count: Option<usize>,
    status: Option<u16>,
    headers: Option<Map<String, Value>>,
    json: Option<Value>,
    save: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Http {
    method: String,
    url: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Restart {
    call: String,
    request: Value,
    response: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Streamed {
    requests: Vec<Value>,
    results: Vec<Outcome>,
}

/// The expected result of an item of a batch or stream.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Response(Value),
    Error(Failure),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Failure {
    code: String,
    reason: Option<String>,
    fields: Option<Vec<String>>,
    metadata: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Amount {
    decimal: String,
    currency: Option<String>,
    micros: Option<String>,
    text: Option<String>,
    error: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Signature {
    url: String,
    body: String,
    secret: String,
    unix_seconds: u64,
    signed_url: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClickId {
    text: String,
    normalised: Option<String>,
}

/// The end of a call: the response, the SDK's error, or a cancellation by this player.
enum Ended {
    With(Value),
    Failed(Error),
    Cancelled,
}

impl From<Result<Value, Error>> for Ended {
    fn from(result: Result<Value, Error>) -> Self {
        result.map_or_else(Self::Failed, Self::With)
    }
}

struct Player {
    variables: BTreeMap<&'static str, String>,
    client: Client,
    saved: BTreeMap<String, String>,
}

impl Player {
    fn new(variables: BTreeMap<&'static str, String>) -> Self {
        let client = Client::builder(&variables["S2S_JOURNEY_URL"]);
        let client = client.api_key(&variables["S2S_JOURNEY_KEY"]).build().unwrap();
        let saved = BTreeMap::from([
            ("url".to_owned(), variables["S2S_JOURNEY_URL"].clone()),
            ("silent_url".to_owned(), variables["S2S_JOURNEY_SILENT_URL"].clone()),
            // The database is new, so any constant is random enough.
            ("random".to_owned(), "4f0c1b7a9d2e6835".to_owned()),
        ]);
        Self { variables, client, saved }
    }

    /// Replaces each `${name}` in the texts of a value by the saved value.
    fn filled(&self, value: Value) -> Value {
        match value {
            Value::String(text) => {
                let fill = |text: String, (name, saved): (&String, &String)| {
                    text.replace(&format!("${{{name}}}"), saved)
                };
                let text = self.saved.iter().fold(text, fill);
                assert!(!text.contains("${"), "nothing is saved for {text}");
                Value::String(text)
            }
            Value::Array(items) => items.into_iter().map(|item| self.filled(item)).collect(),
            Value::Object(fields) => {
                fields.into_iter().map(|(name, value)| (name, self.filled(value))).collect()
            }
            other => other,
        }
    }

    async fn play(&mut self, step: Step) {
        let actions = [
            step.call.is_some(),
            step.list.is_some(),
            step.http.is_some(),
            step.restart.is_some(),
            step.stream.is_some(),
            step.watch.is_some(),
            step.money.is_some(),
            step.sign.is_some(),
            step.click_id.is_some(),
        ];
        assert_eq!(actions.iter().filter(|action| **action).count(), 1, "a step has exactly one action");
        let began = Instant::now();
        let response = if let Some(method) = &step.call {
            self.call(method, &step).await
        } else if let Some(method) = &step.list {
            self.list(method, &step).await
        } else if let Some(request) = &step.http {
            send(request, &step).await
        } else if let Some(restart) = &step.restart {
            self.restart(restart, &step).await
        } else if let Some(streamed) = &step.stream {
            self.stream(streamed).await
        } else if let Some(method) = &step.watch {
            self.watch(method, &step).await
        } else {
            step.money.iter().for_each(check_money);
            step.sign.iter().for_each(check_signature);
            step.click_id.iter().for_each(check_click_id);
            Value::Null
        };
        let timed = step.timeout_ms.or(step.cancel_after_ms).is_some();
        assert!(!timed || began.elapsed() < SINGLE_CALL_MAX, "the call ended only by the default timeout");
        for (name, source) in step.save.into_iter().flatten() {
            self.saved.insert(name, pattern::found(&response, &source));
        }
    }

    /// The client of a step.
    fn client(&self, step: &Step) -> Client {
        let mut client = self.client.clone();
        if step.endpoint.is_some() || step.api_key.is_some() || step.retries.is_some() {
            let endpoint = step.endpoint.as_ref().unwrap_or(&self.variables["S2S_JOURNEY_URL"]);
            let api_key = step.api_key.as_ref().unwrap_or(&self.variables["S2S_JOURNEY_KEY"]);
            let mut builder = Client::builder(endpoint);
            if !api_key.is_empty() {
                builder = builder.api_key(api_key);
            }
            if let Some(retries) = step.retries {
                builder = builder.retries(retries);
            }
            client = builder.build().unwrap();
        }
        match step.timeout_ms {
            Some(timeout) => client.with_timeout(Duration::from_millis(timeout)),
            None => client,
        }
    }

    async fn call(&self, method: &str, step: &Step) -> Value {
        let (client, request) = (self.client(step), step.request.as_ref().unwrap());
        if let Some(results) = &step.results {
            assert_eq!(method, "ConversionService/BatchRecordConversions");
            check_results(calls::batch(&client, request).await.unwrap(), results);
            return Value::Null;
        }
        let call = calls::call(&client, method, request);
        let ended = match step.cancel_after_ms.map(Duration::from_millis) {
            // Dropping a call cancels it.
            Some(patience) => {
                tokio::time::timeout(patience, call).await.map_or(Ended::Cancelled, Ended::from)
            }
            None => call.await.into(),
        };
        check_end(ended, step.response.as_ref(), step.error.as_ref())
    }

    async fn list(&self, method: &str, step: &Step) -> Value {
        let client = self.client(step);
        let items = calls::list(&client, method, step.request.as_ref().unwrap());
        let items: Result<Vec<Value>, Error> = items.try_collect().await;
        if let Some(failure) = &step.error {
            check_error(&items.unwrap_err(), failure);
            return Value::Null;
        }
        let items = items.unwrap();
        if let Some(count) = step.count {
            assert_eq!(items.len(), count, "{items:?}");
        } else {
            let expected = Value::from(step.items.clone().unwrap());
            pattern::check(&expected, &Value::from(items.clone()));
        }
        json!({step.field.clone().unwrap(): items})
    }

    async fn restart(&self, restart: &Restart, step: &Step) -> Value {
        let url = format!("{}/restart", self.variables["S2S_JOURNEY_CONTROL_URL"]);
        assert_eq!(http().post(url).send().await.unwrap().status(), 204);
        let ended = calls::call(&self.client(step), &restart.call, &restart.request).await;
        check_end(ended.into(), Some(&restart.response), None)
    }

    async fn stream(&self, streamed: &Streamed) -> Value {
        let requests: Vec<_> = streamed.requests.iter().map(calls::conversion).collect();
        let answers = self.client.conversions().stream_record(stream::iter(requests)).await.unwrap();
        let answers: Vec<_> = answers.try_collect().await.unwrap();
        check_results(answers.into_iter().map(calls::result).collect(), &streamed.results);
        Value::Null
    }

    /// Watches until so many events came as are expected, but for one message at least. Returns the
    /// last message, from which values are saved.
    async fn watch(&self, method: &str, step: &Step) -> Value {
        let mut messages = calls::watch(&self.client(step), method, step.request.as_ref().unwrap());
        let expected = step.items.clone().unwrap_or_default();
        let mut events = Vec::new();
        loop {
            let message = messages.try_next().await.map(Option::unwrap);
            if let Some(failure) = &step.error {
                check_error(&message.unwrap_err(), failure);
                return Value::Null;
            }
            let message = message.unwrap();
            if message.get("heartbeat").is_none() {
                events.push(message.clone());
            }
            if events.len() == expected.len() {
                pattern::check(&expected.into(), &events.into());
                return message;
            }
        }
    }
}

async fn send(request: &Http, step: &Step) -> Value {
    let mut sent = http().request(request.method.parse().unwrap(), &request.url).body(request.body.clone());
    for (name, value) in &request.headers {
        sent = sent.header(name, value);
    }
    let answer = Answer::of(sent.send().await.unwrap()).await;
    assert_eq!(answer.status, step.status.unwrap(), "{answer:?}");
    let headers = answer.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap()));
    let headers: Value = headers.map(|(name, value)| (name, Value::from(value))).collect();
    let json = step.json.as_ref().map_or(Value::Null, |_| answer.json());
    pattern::check(&Value::from(step.headers.clone().unwrap_or_default()), &headers);
    pattern::check(&step.json.clone().unwrap_or_default(), &json);
    json!({"headers": headers, "json": json})
}

fn check_end(ended: Ended, response: Option<&Value>, failure: Option<&Failure>) -> Value {
    match (ended, response, failure) {
        (Ended::With(response), Some(expected), None) => {
            pattern::check(expected, &response);
            response
        }
        (Ended::Failed(error), None, Some(failure)) => {
            check_error(&error, failure);
            Value::Null
        }
        (Ended::Cancelled, None, Some(failure)) => {
            assert_eq!(failure.code, "CANCELLED");
            Value::Null
        }
        (Ended::With(response), ..) => panic!("it was answered {response}"),
        (Ended::Failed(error), ..) => panic!("it failed: {error}"),
        (Ended::Cancelled, ..) => panic!("it was cancelled"),
    }
}

fn check_results(results: Vec<Result<Value, Error>>, expected: &[Outcome]) {
    assert_eq!(results.len(), expected.len());
    for (result, expected) in results.into_iter().zip(expected) {
        match expected {
            Outcome::Response(response) => check_end(result.into(), Some(response), None),
            Outcome::Error(failure) => check_end(result.into(), None, Some(failure)),
        };
    }
}

fn check_error(error: &Error, expected: &Failure) {
    // Turns `AlreadyExists` into `ALREADY_EXISTS`.
    let code = Regex::new("(?-u)([a-z])([A-Z])").unwrap();
    let code = code.replace_all(&format!("{:?}", error.code()), "${1}_${2}").to_uppercase();
    assert_eq!(code, expected.code, "{error}");
    if let Some(reason) = &expected.reason {
        assert_eq!(error.reason().as_str_name(), format!("ERROR_REASON_{reason}"), "{error}");
    }
    if let Some(fields) = &expected.fields {
        assert_eq!(&crate::fields(error), fields, "{error}");
    }
    for (name, value) in expected.metadata.iter().flatten() {
        assert_eq!(error.metadata().get(name), Some(value), "{error}");
    }
}

fn check_money(Amount { decimal, currency, micros, text, error }: &Amount) {
    let money = Money::from_decimal(decimal, currency.as_deref().unwrap_or("EUR"));
    if *error == Some(true) {
        assert!(money.is_err(), "{money:?}");
    } else {
        let money = money.unwrap();
        assert_eq!(Some(&money.micros.to_string()), micros.as_ref());
        assert_eq!(&money.to_decimal(), decimal);
        if let Some(text) = text {
            assert_eq!(&money.to_string(), text);
        }
    }
}

fn check_signature(Signature { url, body, secret, unix_seconds, signed_url }: &Signature) {
    assert_eq!(&postback::sign(url, body.as_bytes(), secret, *unix_seconds), signed_url);
}

fn check_click_id(ClickId { text, normalised }: &ClickId) {
    assert_eq!(&click_id::normalise(text), normalised);
}

#[tokio::test]
async fn the_journey_of_all_sdks() {
    let mut stage = Stage::start().await;
    let variables = BTreeMap::from(stage.variables());
    let journey = std::fs::read_to_string(&variables["S2S_JOURNEY"]).unwrap();
    let journey: BTreeMap<String, Vec<Value>> = serde_json::from_str(&journey).unwrap();
    let steps = &journey["steps"];
    assert!(journey.len() == 1 && steps.len() >= 90);
    let mut player = Player::new(variables);
    let play = async {
        for step in steps {
            let step: Step = serde_json::from_value(player.filled(step.clone())).unwrap();
            // The test runner shows this line if the step fails.
            println!("step: {}", step.name);
            player.play(step).await;
        }
    };
    Box::pin(stage.run(play)).await;
}

/// Waits until nobody listens at `url`: a process ends a moment after it is killed.
async fn gone(url: &str) {
    eventually(async || http().get(url).send().await.err().filter(reqwest::Error::is_connect)).await;
}

#[tokio::test]
async fn the_program_runs_a_command_and_leaves_nothing() {
    let this = std::env::current_exe().unwrap();
    let program = this.ancestors().nth(2).unwrap().join("s2s-journey");
    assert!(program.is_file(), "it is not built; run `make test`");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(&program);
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).stdin(Stdio::null());
        command
    };

    // The server ends with the command.
    let script = "test -f \"$S2S_JOURNEY\" && echo $S2S_JOURNEY_URL && exit 7";
    let output = run(&["--", "sh", "-c", script]).output().await.unwrap();
    assert_eq!(output.status.code(), Some(7));
    let url = String::from_utf8(output.stdout).unwrap();
    gone(url.trim()).await;

    // The server also ends on an interruption.
    let mut playing = run(&["--", "sh", "-c", "echo $S2S_JOURNEY_URL && exec cat"]);
    let mut playing = playing.stdin(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(playing.stdout.take().unwrap()).lines();
    let url = lines.next_line().await.unwrap().unwrap();
    let id = playing.id().unwrap().to_string();
    // `wait` would close the input, which would end the command.
    let _input = playing.stdin.take();
    assert!(Command::new("kill").args(["-INT", &id]).status().await.unwrap().success());
    assert_eq!(playing.wait().await.unwrap().code(), Some(130));
    gone(&url).await;

    for (arguments, status) in [(&[][..], 2), (&["true"], 2), (&["--", "no-such-program"], 127)] {
        let output = run(arguments).output().await.unwrap();
        assert_eq!(output.status.code(), Some(status), "{arguments:?}");
    }
}
