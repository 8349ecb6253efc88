//! Runs a command with a database server of its own: `s2s-databases postgres|mariadb COMMAND…`.
//!
//! The server stands in a temporary folder, on a free port of this machine, and goes with the command. As
//! root it runs as `nobody`, since neither kind wants to be root.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "it can't go on")]

use std::{
    fs::{Permissions, set_permissions},
    net::TcpListener,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
};

use s2s_tests::{database, eventually};
use sea_orm::{ConnectOptions, Database};

/// A kind of database server.
struct Kind {
    name: &'static str,
    /// Folders that the distribution's package puts its programs in.
    folders: &'static [&'static str],
    /// Makes an empty data folder; `DATA` stands for it.
    init: &'static [&'static str],
    /// Serves it, at `PORT`.
    serve: &'static [&'static str],
    /// Statements for the start, one a line, which the server finds in `DATA.sql`.
    first: &'static str,
    /// A database that is there; `PORT` stands for its port.
    url: &'static str,
}

const KINDS: [Kind; 2] = [
    Kind {
        name: "postgres",
        folders: &["/usr/lib/postgresql"],
        init: &["initdb", "-D", "DATA", "-U", "s2s", "--auth=trust", "-E", "UTF8", "--no-sync"],
        serve: &[
            "postgres",
            "-D",
            "DATA",
            "-k",
            "DATA",
            "-h",
            "127.0.0.1",
            "-p",
            "PORT",
            "-c",
            "max_connections=300",
        ],
        first: "",
        url: "postgres://s2s@127.0.0.1:PORT/postgres",
    },
    Kind {
        name: "mariadb",
        folders: &["/usr/bin", "/usr/sbin"],
        init: &["mariadb-install-db", "--no-defaults", "--datadir=DATA", "--skip-test-db"],
        serve: &[
            "mariadbd",
            "--no-defaults",
            "--datadir=DATA",
            "--socket=DATA/socket",
            "--pid-file=DATA/pid",
            "--bind-address=127.0.0.1",
            "--port=PORT",
            "--skip-name-resolve",
            "--max-connections=300",
            "--init-file=DATA.sql",
        ],
        first: "CREATE USER s2s@'%';\nGRANT ALL ON *.* TO s2s@'%';",
        url: "mysql://s2s@127.0.0.1:PORT/mysql",
    },
];

/// Ends with its server.
struct Running {
    server: Child,
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, program, rest @ ..] = arguments.as_slice() else {
        eprintln!("usage: s2s-databases postgres|mariadb COMMAND…");
        return ExitCode::from(2);
    };
    let kind = KINDS.iter().find(|one| one.name == kind).expect("postgres or mariadb");
    let folder = tempfile::tempdir().unwrap();
    // Whoever the server runs as must come through.
    set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
    let (_running, url) = start(kind, &folder.path().join("data")).await;
    let status = Command::new(program).args(rest).env(database::VARIABLE, url).status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => panic!("{program}: {error}"),
    }
}

async fn start(kind: &Kind, data: &Path) -> (Running, String) {
    std::fs::write(data.with_extension("sql"), kind.first).unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let made = command(kind, kind.init, data, &port).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let mut serve = command(kind, kind.serve, data, &port);
    let log = std::fs::File::create(data.with_extension("log")).unwrap();
    let server = serve.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
    let url = kind.url.replace("PORT", &port);
    eventually(async || {
        let mut options = ConnectOptions::new(&url);
        options.max_connections(1).sqlx_logging(false);
        Database::connect(options).await.ok()
    })
    .await;
    (Running { server }, url)
}

/// One of the kind's programs; it is killed when this process ends, however it does.
fn command(kind: &Kind, line: &[&str], data: &Path, port: &str) -> Command {
    let (program, arguments) = line.split_first().unwrap();
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL"]);
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    if root {
        command.args(["--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]);
    }
    command.arg(find(kind, program));
    let text = data.to_str().unwrap();
    command.args(arguments.iter().map(|argument| argument.replace("DATA", text).replace("PORT", port)));
    command.current_dir(data.parent().unwrap()).stdin(Stdio::null());
    command
}

fn find(kind: &Kind, program: &str) -> PathBuf {
    let mut folders: Vec<PathBuf> = kind.folders.iter().map(PathBuf::from).collect();
    // One folder for each version.
    let versions = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
    let versions: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.extend(versions);
    let found = folders.iter().map(|folder| folder.join(program)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("{program} is not installed; `make databases` installs it where it may"))
}
