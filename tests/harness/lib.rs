//! The harness: starts the real server binary on a free port with a database of its own.
//!
//! The harness calls none of the server's code. Tests see only its ports, files and logs.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "a harness that can't go on ends its test"
)]

pub mod clock;
pub mod database;
pub mod disk;
pub mod edge_v1;
pub mod mmdb;
mod process;
pub mod proxy;
pub mod random;
pub mod request;
pub mod sale;
pub mod stage;
pub mod wire;

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::ExitStatus,
    time::Duration,
};

use reqwest::{header::HeaderMap, redirect::Policy};
use s2s_sdk::{
    Client, ClientBuilder,
    v1::{
        Account, ApiKey, ApiKeyScope, ConversionCode, CreateAccountRequest, CreateApiKeyRequest,
        CreateConversionCodeRequest, CreateTrackingLinkRequest, RecordClickRequest, TrackingLink,
    },
};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use disk::SmallDisk;
use process::launch;
pub use process::{binary, check_totals, command, command_on, command_with, end_of, prepare, run_to_end};

/// The administrator's key of every server that the harness starts.
pub const ADMIN_KEY: &str = "s2s_54d0e80fa59d373c44f88f2c43743873034261e69b34ee2c";

/// The time limit of a server's start, and of its stop.
const PATIENCE: Duration = Duration::from_mins(1);
const POLL_INTERVAL: Duration = Duration::from_millis(10);
/// Any free port of loopback.
const FREE_PORT: &str = "127.0.0.1:0";

/// A running server. Dropping it kills the process and removes its data.
pub struct Server {
    child: Child,
    folder: TempDir,
    arguments: Vec<String>,
    /// The value of `--listen`, also for restarts.
    listen: String,
    /// An inherited socket, instead of `listen`.
    socket: Option<TcpListener>,
    /// The mount namespace of the server's small disk, if it has one.
    disk: Option<PathBuf>,
    variables: Vec<(&'static str, String)>,
    /// The URL of the server's database; empty for an edge.
    pub database_url: String,
    /// `http://127.0.0.1:PORT`.
    pub url: String,
}

impl Server {
    /// Starts a server on an empty folder.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts a server with further flags.
    pub async fn start_with(flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database_url = database::fresh(folder.path()).await;
        Self::start_on(database_url, folder, flags, FREE_PORT).await
    }

    /// Starts a server that uses an SQLite file and listens on `listen`. Restarts keep this
    /// address.
    pub async fn start_listening(listen: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database_url = database::file(folder.path());
        Self::start_on(database_url, folder, &[], listen).await
    }

    /// Starts a server on an existing database.
    pub async fn start_at(database_url: String) -> Self {
        Self::start_on(database_url, tempfile::tempdir().unwrap(), &[], FREE_PORT).await
    }

    /// Starts a server on the database of another server.
    pub async fn start_beside(other: &Self) -> Self {
        Self::start_at(other.database_url.clone()).await
    }

    /// Starts a server on the database of another server, with further flags.
    pub async fn start_beside_with(other: &Self, flags: &[&str]) -> Self {
        Self::start_on(other.database_url.clone(), tempfile::tempdir().unwrap(), flags, FREE_PORT).await
    }

    /// Starts a server on an existing database, with further flags.
    pub async fn start_at_with(database_url: String, flags: &[&str]) -> Self {
        Self::start_on(database_url, tempfile::tempdir().unwrap(), flags, FREE_PORT).await
    }

    /// Starts a server on an existing database, with further flags and variables, which restarts
    /// keep.
    pub async fn start_at_in(
        database_url: String,
        flags: &[&str],
        variables: &[(&'static str, &str)],
    ) -> Self {
        let mut arguments = vec!["--database-url".to_owned(), database_url.clone()];
        arguments.extend(flags.iter().map(|flag| (*flag).to_owned()));
        let variables = variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self::run(tempfile::tempdir().unwrap(), arguments, variables, database_url, FREE_PORT).await
    }

    /// Starts a server with its SQLite file on that disk, with further flags.
    pub async fn start_on_disk(disk: &SmallDisk, flags: &[&str]) -> Self {
        let (folder, database_url) = (tempfile::tempdir().unwrap(), database::file(disk.inside()));
        let mut arguments = vec!["--database-url".to_owned(), database_url.clone()];
        arguments.extend(flags.iter().map(|flag| (*flag).to_owned()));
        let namespace = disk.namespace();
        let mut command = command_on(&namespace, folder.path());
        let (child, url) = launch(command.args(&arguments), FREE_PORT).await;
        let (listen, socket, disk, variables) = (FREE_PORT.to_owned(), None, Some(namespace), Vec::new());
        Self { child, folder, arguments, listen, socket, disk, variables, database_url, url }
    }

    /// Starts an edge of that core, with further variables.
    pub async fn start_edge(core: &Self, variables: &[(&'static str, &str)]) -> Self {
        let (_, key) = core.api_key("", &[ApiKeyScope::Edge]).await;
        let arguments = ["--role", "edge", "--core", &core.url].map(str::to_owned).to_vec();
        let mut all = vec![("S2S_CORE_KEY", key), ("S2S_SPOOL", "spool".to_owned())];
        all.extend(variables.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let folder = tempfile::tempdir().unwrap();
        Self::run(folder, arguments, all, String::new(), FREE_PORT).await
    }

    async fn start_on(database_url: String, folder: TempDir, flags: &[&str], listen: &str) -> Self {
        let mut arguments = vec!["--database-url".to_owned(), database_url.clone()];
        arguments.extend(flags.iter().map(|flag| (*flag).to_owned()));
        Self::run(folder, arguments, Vec::new(), database_url, listen).await
    }

    async fn run(
        folder: TempDir,
        arguments: Vec<String>,
        variables: Vec<(&'static str, String)>,
        database_url: String,
        listen: &str,
    ) -> Self {
        let mut command = command(folder.path());
        command.args(&arguments).envs(variables.iter().map(|(name, value)| (name, value)));
        let (child, url) = launch(&mut command, listen).await;
        let (listen, socket, disk) = (listen.to_owned(), None, None);
        Self { child, folder, arguments, listen, socket, disk, variables, database_url, url }
    }

    /// Restarts the server on an inherited socket that stays open between restarts, as a service
    /// manager does. Returns the server's URL.
    pub async fn restart_on_a_socket(&mut self) -> &str {
        self.socket = Some(TcpListener::bind(FREE_PORT).unwrap());
        self.terminate().await;
        assert!(self.ended().await.success());
        self.restart().await;
        &self.url
    }

    /// Starts a server whose files can't grow beyond `kibibytes` KiB each. A restart lifts the
    /// limit.
    ///
    /// `log`: the shell's redirection of the log, `&2` or the name of a file.
    pub async fn start_on_a_small_disk(kibibytes: u32, log: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // The shell's limit counts blocks of 0.5 KiB. Without the trap, reaching the limit kills
        // the process.
        let script = format!("trap '' XFSZ; ulimit -S -f {}; exec \"$0\" \"$@\" 2>{log}", kibibytes * 2);
        let mut shell = Command::new("sh");
        // The server must refuse the writes that the database can't store, not spool them.
        let arguments = vec!["--spool=off".to_owned()];
        shell.args(["-c", &script]).arg(binary()).args(&arguments);
        let (child, url) = launch(&mut prepare(shell, folder.path()), FREE_PORT).await;
        let database_url = database::file(folder.path());
        let (listen, socket, disk, variables) = (FREE_PORT.to_owned(), None, None, Vec::new());
        Self { child, folder, arguments, listen, socket, disk, variables, database_url, url }
    }

    /// Starts a server binary under another program, such as a profiler, which becomes the
    /// server's process.
    pub async fn start_under(program: &[String], binary: &Path, flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database_url = database::fresh(folder.path()).await;
        let mut arguments = vec!["--database-url".to_owned(), database_url.clone()];
        arguments.extend(flags.iter().map(|flag| (*flag).to_owned()));
        let (name, rest) = program.split_first().unwrap();
        let mut command = Command::new(name);
        command.args(rest).arg(binary).args(&arguments);
        let (child, url) = launch(&mut prepare(command, folder.path()), FREE_PORT).await;
        let (listen, socket, disk, variables) = (FREE_PORT.to_owned(), None, None, Vec::new());
        Self { child, folder, arguments, listen, socket, disk, variables, database_url, url }
    }

    /// Starts a server with an SQLite file. Its log goes to a file, which `log` reads.
    pub async fn start_logged(flags: &[&str], variables: Vec<(&'static str, String)>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut shell = Command::new("sh");
        let arguments: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
        shell.args(["-c", "exec \"$0\" \"$@\" 2>log"]).arg(binary()).args(&arguments);
        let mut command = prepare(shell, folder.path());
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        let (child, url) = launch(&mut command, FREE_PORT).await;
        let database_url = database::file(folder.path());
        let (listen, socket) = (FREE_PORT.to_owned(), None);
        Self { child, folder, arguments, listen, socket, disk: None, variables, database_url, url }
    }

    /// The log of a server that was started with `start_logged`.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder().join("log")).unwrap()
    }

    /// Starts a server with an SQLite file, from a parent with umask 0.
    pub async fn start_unmasked(arguments: Vec<String>, variables: Vec<(&'static str, String)>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut shell = Command::new("sh");
        shell.args(["-c", "umask 0; exec \"$0\" \"$@\""]).arg(binary()).args(&arguments);
        let mut command = prepare(shell, folder.path());
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        let (child, url) = launch(&mut command, FREE_PORT).await;
        let database_url = database::file(folder.path());
        let (listen, socket) = (FREE_PORT.to_owned(), None);
        Self { child, folder, arguments, listen, socket, disk: None, variables, database_url, url }
    }

    /// A client with the administrator's key, otherwise with defaults.
    pub fn client(&self) -> Client {
        administrator(&self.url).build().unwrap()
    }

    /// A client with that key.
    pub fn client_with(&self, api_key: &str) -> Client {
        Client::builder(&self.url).api_key(api_key).build().unwrap()
    }

    /// A new account with that name.
    pub async fn account(&self, name: &str) -> Account {
        let account = Account { name: name.to_owned(), ..Default::default() };
        let request = CreateAccountRequest { account: Some(account), ..Default::default() };
        self.client().accounts().create(request).await.unwrap().account.unwrap()
    }

    /// A new API key of the account, and its text.
    pub async fn api_key(&self, account_id: &str, scopes: &[ApiKeyScope]) -> (ApiKey, String) {
        let key = ApiKey {
            account_id: account_id.to_owned(),
            name: "test".to_owned(),
            scopes: scopes.iter().map(|scope| (*scope).into()).collect(),
            ..Default::default()
        };
        let request = CreateApiKeyRequest { api_key: Some(key), ..Default::default() };
        let response = self.client().api_keys().create(request).await.unwrap();
        (response.api_key.unwrap(), response.key_text)
    }

    /// The folder that the server runs in. The server's own SQLite file, if any, is `s2s.db` there.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn process_id(&self) -> u32 {
        self.child.id().expect("the server runs")
    }

    /// `kill -9`.
    pub async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Asks the server to stop. The server answers the requests in progress first.
    pub async fn terminate(&self) {
        self.signal("-TERM").await;
    }

    /// Suspends the process until `thaw`.
    pub async fn freeze(&self) {
        self.signal("-STOP").await;
    }

    /// Resumes a suspended process.
    pub async fn thaw(&self) {
        self.signal("-CONT").await;
    }

    async fn signal(&self, signal: &str) {
        let id = self.process_id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().await.unwrap().success());
    }

    /// Waits for the end of the server.
    pub async fn ended(&mut self) -> ExitStatus {
        tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("the server stops").unwrap()
    }

    /// Restarts the server on the same data, on a new port unless `--listen` names one.
    pub async fn restart(&mut self) {
        self.launch_again(&self.listen.clone()).await;
    }

    /// Restarts the server on the same data and port.
    pub async fn restart_in_place(&mut self) {
        let listen = self.url.rsplit("//").next().unwrap().to_owned();
        self.launch_again(&listen).await;
    }

    async fn launch_again(&mut self, listen: &str) {
        let folder = self.folder.path();
        let mut command = match (&self.socket, &self.disk) {
            (Some(socket), _) => command_with(socket, folder),
            (None, Some(disk)) => command_on(disk, folder),
            (None, None) => command(folder),
        };
        command.args(&self.arguments).envs(self.variables.iter().map(|(name, value)| (name, value)));
        (self.child, self.url) = launch(&mut command, listen).await;
    }

    /// The answer of `/healthz`.
    pub async fn health(&self) -> serde_json::Value {
        let answer = http().get(format!("{}/healthz", self.url)).send().await.unwrap();
        Answer::of(answer).await.json()
    }

    /// Waits until the spool is empty.
    pub async fn drained(&self) {
        self.drained_within(PATIENCE).await;
    }

    /// Waits until the spool is empty, but at most for `patience`.
    pub async fn drained_within(&self, patience: Duration) {
        eventually_within(patience, async || {
            let health = self.health().await;
            (health["status"] == "serving" && health["spool"]["records"] == 0).then_some(())
        })
        .await;
    }

    /// A new conversion code with that name, otherwise with defaults.
    pub async fn code(&self, name: &str) -> ConversionCode {
        let code = ConversionCode { name: name.to_owned(), ..Default::default() };
        self.create_code(code).await
    }

    /// A new conversion code.
    pub async fn create_code(&self, code: ConversionCode) -> ConversionCode {
        let request = CreateConversionCodeRequest { conversion_code: Some(code), ..Default::default() };
        self.client().conversion_codes().create(request).await.unwrap().conversion_code.unwrap()
    }

    /// A new tracking link to a shop, with these codes.
    pub async fn link(&self, codes: &[&ConversionCode]) -> TrackingLink {
        let link = TrackingLink {
            destination: "http://shop.example/Web-Marketing?s1=[s2sidentifier]".to_owned(),
            conversion_code_ids: codes.iter().map(|code| code.id.clone()).collect(),
            ..Default::default()
        };
        self.create_link(link).await
    }

    /// A new tracking link.
    pub async fn create_link(&self, link: TrackingLink) -> TrackingLink {
        let request = CreateTrackingLinkRequest { tracking_link: Some(link), ..Default::default() };
        self.client().tracking_links().create(request).await.unwrap().tracking_link.unwrap()
    }

    /// Sends a postback as a merchant does, with that query.
    pub async fn postback(&self, query: &str) -> Answer {
        let url = format!("{}/s2s?{query}", self.url);
        Answer::of(http().get(url).send().await.unwrap()).await
    }

    /// A click on the link, recorded by a partner who redirects visitors. Returns its click id.
    pub async fn click(&self, link: &TrackingLink) -> String {
        let request = RecordClickRequest { tracking_link_id: link.id.clone(), ..Default::default() };
        self.client().clicks().record(request).await.unwrap().click.unwrap().id
    }
}

/// Begins the configuration of a client for a server of the harness, with the administrator's key.
pub fn administrator(url: &str) -> ClientBuilder {
    Client::builder(url).api_key(ADMIN_KEY)
}

/// A request with the administrator's key, for the generated clients.
pub fn authorized<T>(message: T) -> tonic::Request<T> {
    authorized_by(ADMIN_KEY, message)
}

/// A request with that key, for the generated clients.
pub fn authorized_by<T>(api_key: &str, message: T) -> tonic::Request<T> {
    let mut request = tonic::Request::new(message);
    request.metadata_mut().insert("authorization", bearer(api_key).parse().unwrap());
    request
}

/// The value of the header `authorization` for a key.
pub fn bearer(api_key: &str) -> String {
    format!("Bearer {api_key}")
}

/// An answer of `/s2s`.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, text: response.text().await.unwrap() }
    }

    /// The value of a header; empty if absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A text field of the body; empty if absent.
    pub fn field(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_default().to_owned()
    }

    /// The codes of the body's notes.
    pub fn notes(&self) -> Vec<String> {
        let json = self.json();
        let notes = json["notes"].as_array().unwrap();
        notes.iter().map(|note| note["code"].as_str().unwrap().to_owned()).collect()
    }
}

/// Calls `ask` until it returns a value. For effects that follow shortly after a response.
pub async fn eventually<T, F: Future<Output = Option<T>>>(ask: impl FnMut() -> F) -> T {
    eventually_within(PATIENCE, ask).await
}

/// Calls `ask` until it returns a value, but at most for `patience`. For effects that take long on
/// a busy machine, such as the end of a backlog.
pub async fn eventually_within<T, F: Future<Output = Option<T>>>(
    patience: Duration,
    mut ask: impl FnMut() -> F,
) -> T {
    let answered = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    };
    tokio::time::timeout(patience, answered).await.expect("the awaited state comes in time")
}

/// An HTTP client that follows no redirect.
pub fn http() -> reqwest::Client {
    reqwest::Client::builder().redirect(Policy::none()).build().unwrap()
}

/// The click id in the `Location` of a redirect, as the value of `s1`.
pub fn click_id_of(location: &str) -> String {
    let (_, click_id) = location.split_once("s1=").expect("the location carries the click id");
    click_id.split('&').next().unwrap().to_owned()
}
