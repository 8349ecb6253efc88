//! The harness: starts the real server binary on a free port with a database of its own.
//!
//! Nothing here reaches into the server; what can't be seen through a port is not tested here.

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
mod process;
pub mod random;
pub mod sale;
pub mod stage;

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
use process::{binary, command_on, launch, prepare};
pub use process::{command, command_with, end_of, run_to_end};

/// The administrator's key of every server that is started here.
pub const ADMIN_KEY: &str = "s2s_54d0e80fa59d373c44f88f2c43743873034261e69b34ee2c";

/// How long the server may take to say where it listens, or to stop.
const PATIENCE: Duration = Duration::from_mins(1);
const POLL_INTERVAL: Duration = Duration::from_millis(10);
/// Any free port of loopback.
const FREE_PORT: &str = "127.0.0.1:0";

/// A running server. Killed, and its data removed, when dropped.
pub struct Server {
    child: Child,
    folder: TempDir,
    arguments: Vec<String>,
    /// What it is told to listen at, also when it is restarted.
    listen: String,
    /// What it is passed instead.
    socket: Option<TcpListener>,
    /// Where a small disk is mounted that it sees.
    disk: Option<PathBuf>,
    variables: Vec<(&'static str, String)>,
    /// Of its own.
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

    /// Starts a server with a file for its database, on a port that it keeps when it is restarted.
    pub async fn start_listening(listen: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database_url = database::file(folder.path());
        Self::start_on(database_url, folder, &[], listen).await
    }

    /// Starts a server on a database that is there.
    pub async fn start_at(database_url: String) -> Self {
        Self::start_on(database_url, tempfile::tempdir().unwrap(), &[], FREE_PORT).await
    }

    /// Starts a server on the database of another.
    pub async fn start_beside(other: &Self) -> Self {
        Self::start_at(other.database_url.clone()).await
    }

    /// The same with further flags.
    pub async fn start_beside_with(other: &Self, flags: &[&str]) -> Self {
        Self::start_on(other.database_url.clone(), tempfile::tempdir().unwrap(), flags, FREE_PORT).await
    }

    /// Starts a server on a database that is there, with further flags.
    pub async fn start_at_with(database_url: String, flags: &[&str]) -> Self {
        Self::start_on(database_url, tempfile::tempdir().unwrap(), flags, FREE_PORT).await
    }

    /// Starts a server on a database that is there, with further flags and variables, which it keeps.
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

    /// Starts a server whose database is a file on that disk, with further flags.
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

    /// From its next start on, the server is passed a socket that stays open while it does not run, as a service manager
    /// does it. Returns the URL there.
    pub async fn restart_on_a_socket(&mut self) -> &str {
        self.socket = Some(TcpListener::bind(FREE_PORT).unwrap());
        self.terminate().await;
        assert!(self.ended().await.success());
        self.restart().await;
        &self.url
    }

    /// Starts a server whose disk is full once a file has `kibibytes`, until it is restarted.
    pub async fn start_on_a_small_disk(kibibytes: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Of the shell's own, the limit is in blocks of half a kibibyte. Without the trap, reaching it kills.
        let script = format!("trap '' XFSZ; ulimit -S -f {}; exec \"$0\" \"$@\"", kibibytes * 2);
        let mut shell = Command::new("sh");
        // What the database can't take is to be refused here, not spooled.
        let arguments = vec!["--spool=off".to_owned()];
        shell.args(["-c", &script]).arg(binary()).args(&arguments);
        let (child, url) = launch(&mut prepare(shell, folder.path()), FREE_PORT).await;
        let database_url = database::file(folder.path());
        let (listen, socket, disk, variables) = (FREE_PORT.to_owned(), None, None, Vec::new());
        Self { child, folder, arguments, listen, socket, disk, variables, database_url, url }
    }

    /// Starts a server with a file for its database, by a parent that keeps nothing it makes from others.
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

    /// A client with defaults.
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
        self.client().create_account(request).await.unwrap().account.unwrap()
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
        let response = self.client().create_api_key(request).await.unwrap();
        (response.api_key.unwrap(), response.key_text)
    }

    /// The folder that the server runs in, with its database `s2s.db` where that is a file.
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

    /// Asks the server to stop; it goes on while it drains.
    pub async fn terminate(&self) {
        self.signal("-TERM").await;
    }

    /// Stops the process where it stands, until it is continued.
    pub async fn freeze(&self) {
        self.signal("-STOP").await;
    }

    /// Lets a frozen process go on.
    pub async fn thaw(&self) {
        self.signal("-CONT").await;
    }

    async fn signal(&self, signal: &str) {
        let id = self.process_id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().await.unwrap().success());
    }

    /// Waits until the server has ended.
    pub async fn ended(&mut self) -> ExitStatus {
        tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("the server stops").unwrap()
    }

    /// Starts the server again on the same data, and on a new port if it was not told which.
    pub async fn restart(&mut self) {
        self.launch_again(&self.listen.clone()).await;
    }

    /// Starts the server again on the same data and port.
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

    /// What `/healthz` says.
    pub async fn health(&self) -> serde_json::Value {
        let answer = http().get(format!("{}/healthz", self.url)).send().await.unwrap();
        Answer::of(answer).await.json()
    }

    /// Waits until nothing is in the spool any more.
    pub async fn drained(&self) {
        self.drained_within(PATIENCE).await;
    }

    /// The same for a backlog.
    pub async fn drained_within(&self, patience: Duration) {
        eventually_within(patience, async || {
            let health = self.health().await;
            (health["status"] == "serving" && health["spool"]["records"] == 0).then_some(())
        })
        .await;
    }

    /// A new conversion code with that name and otherwise defaults.
    pub async fn code(&self, name: &str) -> ConversionCode {
        let code = ConversionCode { name: name.to_owned(), ..Default::default() };
        self.create_code(code).await
    }

    /// A new conversion code.
    pub async fn create_code(&self, code: ConversionCode) -> ConversionCode {
        let request = CreateConversionCodeRequest { conversion_code: Some(code), ..Default::default() };
        self.client().create_conversion_code(request).await.unwrap().conversion_code.unwrap()
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
        self.client().create_tracking_link(request).await.unwrap().tracking_link.unwrap()
    }

    /// Sends a postback as a merchant does, with that query.
    pub async fn postback(&self, query: &str) -> Answer {
        let url = format!("{}/s2s?{query}", self.url);
        Answer::of(http().get(url).send().await.unwrap()).await
    }

    /// A click on the link by a partner who redirects visitors themselves: its click id.
    pub async fn click(&self, link: &TrackingLink) -> String {
        let request = RecordClickRequest { tracking_link_id: link.id.clone(), ..Default::default() };
        self.client().record_click(request).await.unwrap().click.unwrap().click_id
    }
}

/// Begins to configure a client of a server that was started here.
pub fn administrator(url: &str) -> ClientBuilder {
    Client::builder(url).api_key(ADMIN_KEY)
}

/// A request with the administrator's key, for the generated clients.
pub fn authorized<T>(message: T) -> tonic::Request<T> {
    let mut request = tonic::Request::new(message);
    request.metadata_mut().insert("authorization", bearer(ADMIN_KEY).parse().unwrap());
    request
}

/// The header `authorization` that shows a key.
pub fn bearer(api_key: &str) -> String {
    format!("Bearer {api_key}")
}

/// What `/s2s` answered.
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

    /// The value of a header; empty where it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A text of the body; empty where it is absent.
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

/// Asks until there is an answer: for what happens a moment after the response.
pub async fn eventually<T, F: Future<Output = Option<T>>>(ask: impl FnMut() -> F) -> T {
    eventually_within(PATIENCE, ask).await
}

/// The same for what a busy machine may take longer for, such as a backlog.
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
    tokio::time::timeout(patience, answered).await.expect("it happens in time")
}

/// An HTTP client that follows no redirect.
pub fn http() -> reqwest::Client {
    reqwest::Client::builder().redirect(Policy::none()).build().unwrap()
}

/// The click id in a redirect's `Location`, which must carry it as `s1`.
pub fn click_id_of(location: &str) -> String {
    let (_, click_id) = location.split_once("s1=").expect("the location carries the click id");
    click_id.split('&').next().unwrap().to_owned()
}
