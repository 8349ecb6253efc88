//! A database server of one's own: in a folder, on a free port of this machine, gone with its owner.
//!
//! As root it runs as `nobody`, since neither kind wants to be root.

use std::{
    fs::{File, Permissions, set_permissions},
    net::TcpListener,
    os::unix::{fs::PermissionsExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use sea_orm::{ConnectOptions, Database};
use tempfile::TempDir;

use crate::eventually;

/// A kind of database server.
pub struct Kind {
    pub name: &'static str,
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

pub const KINDS: [Kind; 2] = [
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

/// A running database server. Killed, and its data removed, when dropped.
pub struct DatabaseServer {
    kind: &'static Kind,
    process: Child,
    folder: TempDir,
    port: String,
    /// A database that is there.
    pub url: String,
}

impl DatabaseServer {
    /// Starts an empty one; `name` is that of a kind.
    pub async fn start(name: &str) -> Self {
        let kind = KINDS.iter().find(|kind| kind.name == name).expect("postgres or mariadb");
        let folder = tempfile::tempdir().unwrap();
        // Whoever the server runs as must come through.
        set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
        std::fs::write(folder.path().join("data.sql"), kind.first).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
        let made = command(kind, kind.init, folder.path(), &port).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let url = kind.url.replace("PORT", &port);
        let process = serve(kind, folder.path(), &port);
        let mut server = Self { kind, process, folder, port, url };
        server.serves().await;
        server
    }

    /// Where it listens.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// `kill -9`, all of its processes.
    pub fn kill(&mut self) {
        let group = format!("-{}", self.process.id());
        Command::new("kill").args(["-KILL", "--", &group]).status().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts it again on the same data and port; returns once it serves.
    pub async fn restart(&mut self) {
        self.process = serve(self.kind, self.folder.path(), &self.port);
        self.serves().await;
    }

    async fn serves(&mut self) {
        let url = self.url.clone();
        let process = std::cell::RefCell::new(&mut self.process);
        let (kind, folder, port) = (self.kind, self.folder.path(), &self.port);
        eventually(async || {
            // What it left behind when it was killed may stand in its way for a moment.
            let ended = process.borrow_mut().try_wait().unwrap().is_some();
            if ended {
                **process.borrow_mut() = serve(kind, folder, port);
            }
            let mut options = ConnectOptions::new(&url);
            options.max_connections(1).sqlx_logging(false);
            Database::connect(options).await.ok()
        })
        .await;
    }
}

impl Drop for DatabaseServer {
    fn drop(&mut self) {
        self.kill();
    }
}

fn serve(kind: &Kind, folder: &Path, port: &str) -> Child {
    let log = File::options().create(true).append(true).open(folder.join("log")).unwrap();
    let mut serve = command(kind, kind.serve, folder, port);
    // A group of its own, so that all of it can be killed.
    serve.process_group(0).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap()
}

/// One of the kind's programs; it is killed when this process ends, however it does.
fn command(kind: &Kind, line: &[&str], folder: &Path, port: &str) -> Command {
    let (program, arguments) = line.split_first().unwrap();
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL"]);
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    if root {
        command.args(["--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]);
    }
    command.arg(find(kind, program));
    let data = folder.join("data");
    let data = data.to_str().unwrap();
    command.args(arguments.iter().map(|argument| argument.replace("DATA", data).replace("PORT", port)));
    command.current_dir(folder).stdin(Stdio::null());
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
