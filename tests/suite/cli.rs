//! The command line `s2s`: the real program against the real server.

mod adjustments;
mod again;
mod amounts;
mod columns;
mod doctor;
mod empty;
mod export;
mod filters;
mod import;
mod init;
mod names;
mod pages;
mod payouts;
mod report;
mod rows;
mod tail;
mod terminal;
mod times;

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Stdio,
};

use futures::TryStreamExt as _;
use s2s_sdk::v1::{Conversion, ConversionCode, ConversionFilter, ListConversionsRequest};
use s2s_tests::{ADMIN_KEY, Server, request};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use crate::replay::{hold, set_codes};

/// The folder of this build's programs.
fn programs() -> PathBuf {
    let this = std::env::current_exe().unwrap();
    let folder = this.ancestors().nth(2).unwrap();
    assert!(folder.join("s2s").is_file(), "the command line is not built; run `make test`");
    folder.to_owned()
}

/// A person at a terminal.
struct Person {
    home: TempDir,
    endpoint: String,
    api_key: String,
}

struct Said {
    status: i32,
    out: String,
    err: String,
}

impl Person {
    fn new(server: &Server) -> Self {
        let home = tempfile::tempdir().unwrap();
        Self { home, endpoint: server.url.clone(), api_key: ADMIN_KEY.to_owned() }
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", self.home.path());
        command.env("S2S_ENDPOINT", &self.endpoint).env("S2S_API_KEY", &self.api_key);
        command.current_dir(self.home.path()).stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    async fn run(&self, arguments: &[&str]) -> Said {
        let output = self.command(&programs().join("s2s")).args(arguments).output().await.unwrap();
        let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        Said { status: output.status.code().unwrap(), out, err }
    }

    /// Runs a command that must succeed. Returns its output.
    async fn out(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments).await;
        assert_eq!(said.status, 0, "{arguments:?}: {}{}", said.out, said.err);
        said.out
    }

    async fn json(&self, arguments: &[&str]) -> Value {
        let out = self.out(&[arguments, &["--output", "json"]].concat()).await;
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}"))
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.home.path().join(name)).unwrap()
    }
}

async fn conversions(server: &Server, code: &ConversionCode) -> Vec<Conversion> {
    let filter = ConversionFilter { conversion_code_id: code.id.clone(), ..Default::default() };
    server.client().conversions().list(request::conversions(filter)).try_collect().await.unwrap()
}

#[tokio::test]
async fn the_readme_runs_as_written() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let readme = include_str!("../../sdk/cli/README.md");
    let blocks = readme.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let script: String = blocks.collect();
    let script = script.replace("http://127.0.0.1:8080", &server.url);
    assert!(script.contains("s2s_…    # yours"));
    let script = script.replace("s2s_…    # yours", ADMIN_KEY);
    let mut command = person.command(Path::new("bash"));
    let path = format!("{}:/usr/bin:/bin", programs().display());
    let output = command.args(["-euc", &script]).env("PATH", path).output().await.unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert!(output.status.success(), "{out}{err}");
    for shown in ["/spring", "s2s?clickId={clickId}&id=", "RECORDED", "decimal point", "verdict: duplicate"] {
        assert!(out.contains(shown), "{shown}: {out}{err}");
    }
    let request = ListConversionsRequest::default();
    let all: Vec<Conversion> = server.client().conversions().list(request).try_collect().await.unwrap();
    let [conversion] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!(conversion.transaction_id, "order-1001");
}

#[tokio::test]
async fn errors_say_what_to_do_and_have_a_status() {
    let server = Server::start().await;
    let mut person = Person::new(&server);
    for (arguments, status, said) in [
        (&["codes", "show", "0123456789ABCDEF0123456789ABCDEF"][..], 1, "What to do: check the id"),
        (&["codes", "create", "--name", "Sale", "--currency", "EURO"], 1, "default_currency"),
        (&["codes", "create"], 2, "--name"),
        (&["codes", "update", "0123456789ABCDEF0123456789ABCDEF"], 2, "nothing to change"),
        (&["links", "create", "--new-code", "A", "--destination", "ftp://t.example"], 1, "destination"),
        (&["links", "create", "--new-code", "B", "--destination", "https://t.example"], 1, "[s2sidentifier]"),
        (&["postbacks", "replay"], 2, "by their ids, those that match filters"),
        (&["--endpoint", "ftp://t.example", "codes", "list"], 2, "https://host:port"),
        (&["--endpoint", "http://127.0.0.1:1", "--timeout", "2", "codes", "list"], 4, "--endpoint"),
        (&["--key-file", "nothing", "codes", "list"], 1, "nothing: "),
    ] {
        let answer = person.run(arguments).await;
        assert_eq!(answer.status, status, "{arguments:?}: {}", answer.err);
        assert!(answer.err.contains(said) && answer.out.is_empty(), "{arguments:?}: {}", answer.err);
    }
    assert!(person.json(&["codes", "list"]).await.as_array().unwrap().is_empty(), "no code is left behind");
    for (api_key, said) in [("", "S2S_API_KEY"), (&ADMIN_KEY.replace('5', "6"), "[API_KEY_INVALID]")] {
        api_key.clone_into(&mut person.api_key);
        let answer = person.run(&["codes", "list"]).await;
        assert_eq!(answer.status, 3, "{}", answer.err);
        assert!(answer.err.contains(said) && answer.err.contains("What to do: "), "{}", answer.err);
        assert!(!answer.err.contains("s2s_"), "{}", answer.err);
    }
}

#[tokio::test]
async fn a_profile_says_where_and_with_which_key() {
    let server = Server::start().await;
    let other = Server::start().await;
    let mut person = Person::new(&server);
    person.api_key.clear();
    server.code("Here").await;
    person.write("key", format!("{ADMIN_KEY}\n"));
    fs::set_permissions(person.home.path().join("key"), fs::Permissions::from_mode(0o600)).unwrap();
    let config = format!(
        "[profiles.default]\nendpoint = \"{}\"\nkey = \"{ADMIN_KEY}\"\n[profiles.other]\nendpoint = \"{}\"\nkey_file = \"key\"\n",
        server.url, other.url
    );
    let config = person.write(".config/s2s/config.toml", &config);
    fs::set_permissions(&config, fs::Permissions::from_mode(0o644)).unwrap();

    let said = person.run(&["codes", "list"]).await;
    assert!(said.status == 0 && said.out.contains("Here"), "{}", said.err);
    assert!(said.err.contains("others can read") && said.err.contains("chmod 600"), "{}", said.err);
    fs::set_permissions(&config, fs::Permissions::from_mode(0o600)).unwrap();
    let said = person.run(&["codes", "list"]).await;
    assert_eq!((said.status, said.err.as_str()), (0, ""));

    // `--profile` overrides the environment, which names the first server.
    let said = person.run(&["--profile", "other", "codes", "list"]).await;
    assert!(said.status == 0 && !said.out.contains("Here") && said.err.is_empty(), "{}", said.err);
    // A profile's key is sent only to the endpoint of that profile.
    let said = person.run(&["--endpoint", &other.url, "codes", "list"]).await;
    assert_eq!(said.status, 3, "{}", said.err);
    let said = person.run(&["--endpoint", &other.url, "--key-file", "key", "codes", "list"]).await;
    assert_eq!(said.status, 0, "{}", said.err);

    // A key goes to another machine only over TLS or with `insecure`, wherever endpoint and key
    // come from. 0.0.0.0 is not a loopback address, although it leads to this machine.
    let open = "[profiles.open]\nendpoint = \"http://0.0.0.0:1\"\nkey = \"s2s_x\"\ninsecure = true\n";
    let config =
        person.write("open.toml", format!("{open}{}", open.replace("open", "shut").replace("true", "false")));
    fs::set_permissions(&config, fs::Permissions::from_mode(0o600)).unwrap();
    let open_config = ["--config", "open.toml", "--timeout", "2", "codes", "list", "--profile"];
    for (arguments, status) in [
        (&["--endpoint", "http://t.example", "--key-file", "key", "codes", "list"][..], 2),
        (&["--endpoint", "http://0.0.0.0:1", "--key-file", "key", "codes", "list"], 2),
        (&[&open_config[..], &["shut"]].concat(), 2),
        (&[&open_config[..], &["open"]].concat(), 4),
        (&[&open_config[..], &["shut", "--insecure"]].concat(), 4),
    ] {
        let said = person.run(arguments).await;
        assert_eq!(said.status, status, "{arguments:?}: {}", said.err);
        assert!(said.err.contains("read the API key") && said.err.contains("https://"), "{}", said.err);
        assert_eq!(said.err.contains("--insecure"), status == 2, "{}", said.err);
    }

    let said = person.run(&["--profile", "nobody", "codes", "list"]).await;
    assert!(said.status == 2 && said.err.contains("it has: default, other"), "{}", said.err);
    person.write(".config/s2s/config.toml", format!("[profiles.default]\nkye = \"{ADMIN_KEY}\"\n"));
    let said = person.run(&["codes", "list"]).await;
    assert!(said.status == 2 && said.err.contains("kye") && !said.err.contains(ADMIN_KEY), "{}", said.err);
}

#[tokio::test]
async fn what_is_held_is_explained_and_replayed() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let code = server.code("Sale").await;
    let link = server.link(&[]).await;
    let click = server.click(&link).await;
    let query = format!("clickId={click}&id={}&val=9&com=1", code.id);
    let id = hold(&server, &query, "CODE_NOT_ON_LINK").await;

    for postback in [id.as_str(), &format!("{}/s2s?{query}", server.url), &query] {
        let told = person.out(&["postbacks", "explain", postback]).await;
        assert!(told.contains(&format!("  clickId = {click}\n")), "{told}");
        assert!(told.contains("\nok   click id: ") && told.contains("\nFAIL tracking link: "), "{told}");
        assert!(told.contains("\nHELD: CODE_NOT_ON_LINK\n"), "{told}");
    }
    let shown = person.json(&["postbacks", "show", &id]).await;
    assert_eq!(shown["reason"], "ERROR_REASON_CODE_NOT_ON_LINK");
    person.out(&["links", "update", &link.id, "--code", &code.id]).await;
    let replay = ["postbacks", "replay", "--reason", "code-not-on-link"];
    let dry = person.json(&[&replay[..], &["--dry-run"]].concat()).await;
    assert_eq!(
        (&dry[0]["verdict"], conversions(&server, &code).await.len()),
        (&"POSTBACK_VERDICT_RECORDED".into(), 0)
    );
    let replayed = person.json(&replay).await;
    assert_eq!(replayed[0]["id"], id.as_str());
    assert_eq!(conversions(&server, &code).await.len(), 1);
    set_codes(&server, &link, &[]).await;
    let told = person.json(&["clicks", "explain", &click]).await;
    assert_eq!(told["conversions"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn every_shell_is_completed_and_every_resource_listed() {
    let server = Server::start().await;
    let person = Person::new(&server);
    for shell in ["bash", "zsh", "fish"] {
        let script = person.out(&["completions", shell]).await;
        assert!(script.contains("conversions") && script.contains("postback-url"), "{shell}");
        if shell == "bash" {
            let file = person.write("completions", &script);
            assert!(person.command(Path::new("bash")).args(["-n", &file]).status().await.unwrap().success());
        }
    }
    let key = person.json(&["keys", "create", "--name", "reader", "--scope", "read"]).await;
    assert!(key["keyText"].as_str().unwrap().starts_with("s2s_"));
    let created = person.json(&["links", "create", "--destination", "https://shop.example/"]).await;
    let link = created["id"].as_str().unwrap();
    person.out(&["clicks", "record", link, "--sub1", "mail"]).await;
    for (arguments, shown) in [
        (&["keys", "list"][..], "reader"),
        (&["accounts", "list"], "acct_00000000000000000000000004"),
        (&["accounts", "show"], "acct_00000000000000000000000004"),
        (&["presets", "list", "--limit", "0"], "everflow"),
        (&["presets", "show", "Everflow"], "{sub1}"),
        (&["links", "list"], link),
        (&["clicks", "list", link], "mail"),
    ] {
        for format in ["table", "csv", "json"] {
            let list = person.out(&[arguments, &["--output", format]].concat()).await;
            assert!(list.contains(shown), "{arguments:?}: {list}");
        }
    }
    let lines = person.out(&["presets", "list", "--limit", "3", "--output", "csv"]).await;
    assert_eq!(lines.lines().count(), 4);
}
