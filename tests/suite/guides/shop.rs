//! A shop: a folder with the code of the guides, and PHP's own web server on it.

use std::{fs, path::Path, process::Stdio};

use regex::Regex;
use s2s_tests::{Answer, eventually, http};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::AsyncWriteExt as _,
    process::{Child, Command},
};

/// The texts in the guides that a shop replaces with its own.
const URL: &str = "http://127.0.0.1:8080/s2s";
const CODE: &str = "E98AA559F38CBC9ED258C257520B79A8";
const SECRET: &str = "k2v9x4m7q1w8e3r6t5y0z2a4b6c8d0f1";
const FOLDER: &str = "/srv/shop";
/// The stand-in for WordPress and WooCommerce, a page of the shop.
const WORDPRESS: &str = include_str!("wordpress.php");
/// The shop's own file of settings.
pub const CONFIG: &str = "s2s/config.php";

pub struct Page {
    pub name: String,
    pub text: String,
}

/// The guides that have PHP, sorted by name.
pub fn pages() -> Vec<Page> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide");
    let mut pages: Vec<Page> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            Page { name, text: fs::read_to_string(entry.path()).unwrap() }
        })
        .filter(|page| page.text.contains("```php"))
        .collect();
    pages.sort_by(|one, other| one.name.cmp(&other.name));
    pages
}

/// The guide with that name.
pub fn page(name: &str) -> String {
    pages().into_iter().find(|page| page.name == name).unwrap().text
}

/// The PHP blocks of a page: for each, the path that its first line names, and its code.
pub fn cut(page: &str) -> Vec<(String, String)> {
    let path = Regex::new(r"\A<\?php // (\S+)\n").unwrap();
    let blocks = page.split("```php\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks
        .map(|block| {
            let found = path.captures(block).unwrap_or_else(|| panic!("a block without a path: {block}"));
            (found[1].to_owned(), block.to_owned())
        })
        .collect()
}

/// The output of a program.
#[derive(Debug)]
pub struct Said {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    /// Checks that the program succeeded and had nothing to say.
    pub fn is_silent(&self) {
        assert_eq!((self.status, self.out.as_str(), self.err.as_str()), (0, "", ""));
    }
}

pub struct Shop {
    folder: TempDir,
    /// The address of the shop's pages.
    pub url: String,
    _php: Child,
}

impl Shop {
    /// Opens a shop that reports to that server.
    pub async fn open(server: &str, code: &str, secret: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for page in pages() {
            for (path, block) in cut(&page.text) {
                let block = block.replace(URL, &format!("{server}/s2s")).replace(CODE, code);
                let block = block.replace(SECRET, secret).replace(FOLDER, folder.path().to_str().unwrap());
                write(folder.path(), &path, &block);
            }
        }
        write(folder.path(), "public/wordpress.php", WORDPRESS);
        let log = folder.path().join("log");
        let mut php = php(folder.path());
        php.args(["-S", "127.0.0.1:0", "-t", "public"]);
        php.stdin(Stdio::null()).stdout(Stdio::null()).stderr(fs::File::create(&log).unwrap());
        let php = spawn(&mut php);
        let started = Regex::new(r"Server \((http://\S+)\) started").unwrap();
        let url = eventually(async || {
            let said = fs::read_to_string(&log).unwrap();
            started.captures(&said).map(|found| found[1].to_owned())
        })
        .await;
        Self { folder, url, _php: php }
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder.path().join(path)).unwrap()
    }

    pub fn write(&self, path: &str, text: &str) {
        write(self.folder.path(), path, text);
    }

    /// Replaces a text in the settings. Returns the former settings.
    pub fn set(&self, former: &str, new: &str) -> String {
        let settings = self.read(CONFIG);
        assert!(settings.contains(former), "{settings}");
        self.write(CONFIG, &settings.replace(former, new));
        settings
    }

    /// Runs PHP in the shop's folder.
    pub async fn run(&self, arguments: &[&str]) -> Said {
        self.run_with(arguments, "").await
    }

    /// Like `run`, with standard input.
    pub async fn run_with(&self, arguments: &[&str], input: &str) -> Said {
        let mut command = php(self.folder.path());
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = spawn(&mut command);
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).await.unwrap();
        drop(stdin);
        let output = child.wait_with_output().await.unwrap();
        let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        Said { status: output.status.code().unwrap(), out, err }
    }

    /// The rows of the queue, sorted by order number. `pause` is the time to the next try.
    pub async fn rows(&self) -> Vec<Value> {
        let script = "require 's2s/s2s.php';
            $rows = 'SELECT *, next_try - ' . time() . ' AS pause FROM s2s_postback ORDER BY oid + 0, oid';
            echo json_encode(s2s_database()->query($rows)->fetchAll(PDO::FETCH_ASSOC));";
        let said = self.run(&["-r", script]).await;
        serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {said:?}"))
    }

    /// Opens a page as a visitor does. Returns the cookie that it sets, `name=value`.
    pub async fn cookie(&self, address: &str) -> Option<String> {
        let answer = http().get(format!("{}/{address}", self.url)).send().await.unwrap();
        let answer = Answer::of(answer).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""), "{address}: {}", self.read("log"));
        let set = answer.header("set-cookie");
        (!set.is_empty()).then(|| set.split(';').next().unwrap().to_owned())
    }

    /// Sends a body to a page.
    pub async fn post(&self, page: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = http().post(format!("{}/{page}", self.url)).body(body.to_owned());
        request = request.header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(request.send().await.unwrap()).await
    }
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// PHP in that folder, without the developer's variables, such as those of a proxy. Errors are
/// shown, as they are without a `php.ini`: PHP then answers 200 even if a page fails.
fn php(folder: &Path) -> Command {
    let mut command = Command::new("php");
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").current_dir(folder).kill_on_drop(true);
    command.args(["-d", "display_errors=1", "-d", "log_errors=1"]);
    command
}

fn spawn(command: &mut Command) -> Child {
    command.spawn().unwrap_or_else(|error| panic!("php does not start; run `make php`: {error}"))
}
