//! A private database server, in a folder and on a free port of this machine. The server ends when
//! its `DatabaseServer` is dropped, or when this process ends.
//!
//! If this process runs as root, the server runs as `nobody`, because both kinds of server refuse
//! to run as root.

use std::{
    fs::{File, Permissions, set_permissions},
    net::TcpListener,
    os::unix::{fs::PermissionsExt as _, process::CommandExt as _},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use sea_orm::{ConnectOptions, Database};
use tempfile::TempDir;

use crate::{disk::SmallDisk, eventually};

/// A kind of database server.
pub struct Kind {
    pub name: &'static str,
    /// The folders of the programs in the distribution's package.
    folders: &'static [&'static str],
    /// The command that makes an empty data folder; `DATA` stands for the folder.
    init: &'static [&'static str],
    /// The command that serves the folder at `PORT`.
    serve: &'static [&'static str],
    /// Statements to run at the start, one per line. The server reads them from `DATA.sql`.
    first: &'static str,
    /// The URL of a database that every new server has; `PORT` stands for the server's port.
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
        first: "CREATE USER s2s@'%';\nGRANT ALL ON *.* TO s2s@'%' WITH GRANT OPTION;",
        url: "mysql://s2s@127.0.0.1:PORT/mysql",
    },
];

/// A running database server. Dropping it kills the server and removes its data.
pub struct DatabaseServer {
    kind: &'static Kind,
    process: Child,
    place: Place,
    port: String,
    /// The URL of a database that every new server has.
    pub url: String,
}

/// The place of a database server, and its environment variables.
struct Place {
    /// The folder, as the server sees it.
    folder: PathBuf,
    /// The folder, as this process sees it.
    seen: PathBuf,
    /// The mount namespace of the folder, if it is not that of this process.
    namespace: Option<PathBuf>,
    variables: Vec<(&'static str, String)>,
    /// The folder of temporary files. At its start, MariaDB deletes the temporary tables that it finds
    /// there, also those of another server.
    temporary: TempDir,
    /// Removes the folder when dropped.
    _folder: Option<TempDir>,
}

impl DatabaseServer {
    /// Starts an empty server of that kind.
    pub async fn start(name: &str) -> Self {
        Box::pin(Self::start_in(name, &[])).await
    }

    /// Starts an empty server with further environment variables. The command that makes the data
    /// folder runs without them.
    pub async fn start_in(name: &str, variables: &[(&'static str, &str)]) -> Self {
        let (folder, temporary) = (open_folder(), open_folder());
        let (path, namespace) = (folder.path().to_owned(), None);
        let variables = variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let seen = path.clone();
        let place = Place { seen, folder: path, namespace, variables, temporary, _folder: Some(folder) };
        Box::pin(Self::start_at(name, place)).await
    }

    /// Starts an empty server on that disk.
    pub async fn start_on(name: &str, disk: &SmallDisk) -> Self {
        let (folder, seen) = (disk.inside().to_owned(), disk.path().into());
        let (namespace, temporary) = (Some(disk.namespace()), open_folder());
        let place = Place { folder, seen, namespace, variables: Vec::new(), temporary, _folder: None };
        Box::pin(Self::start_at(name, place)).await
    }

    async fn start_at(name: &str, place: Place) -> Self {
        let kind = KINDS.iter().find(|kind| kind.name == name).expect("postgres or mariadb");
        std::fs::write(place.seen.join("data.sql"), kind.first).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
        let made = command(kind, kind.init, &place, &port).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let url = kind.url.replace("PORT", &port);
        let process = serve(kind, &place, &port);
        let mut server = Self { kind, process, place, port, url };
        server.serves().await;
        server
    }

    /// Waits until the server serves. Restarts a server that has ended.
    pub async fn revive(&mut self) {
        self.serves().await;
    }

    /// The address of the server.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Sends `kill -9` to all processes of the server.
    pub fn kill(&mut self) {
        let group = format!("-{}", self.process.id());
        Command::new("kill").args(["-KILL", "--", &group]).status().unwrap();
        self.process.wait().unwrap();
    }

    /// Restarts the server on the same data and port. Returns once the server serves.
    pub async fn restart(&mut self) {
        self.process = serve(self.kind, &self.place, &self.port);
        self.serves().await;
    }

    async fn serves(&mut self) {
        let url = self.url.clone();
        let process = std::cell::RefCell::new(&mut self.process);
        let (kind, place, port) = (self.kind, &self.place, &self.port);
        eventually(async || {
            // Remains of the killed server can prevent a start for a moment.
            let ended = process.borrow_mut().try_wait().unwrap().is_some();
            if ended {
                **process.borrow_mut() = serve(kind, place, port);
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

fn serve(kind: &Kind, place: &Place, port: &str) -> Child {
    // The log must not fill a small disk.
    let log = if place.namespace.is_some() { "/dev/null".into() } else { place.seen.join("log") };
    let log = File::options().create(true).append(true).open(log).unwrap();
    let mut serve = command(kind, kind.serve, place, port);
    serve.envs(place.variables.iter().map(|(name, value)| (name, value)));
    // Runs in a process group of its own, so that all processes of the server can be killed.
    serve.process_group(0).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap()
}

/// A command that runs a program of the kind. The program is killed when this process ends, even if
/// this process is killed.
fn command(kind: &Kind, line: &[&str], place: &Place, port: &str) -> Command {
    let (program, arguments) = line.split_first().unwrap();
    let mut command = Command::new("setpriv");
    if let Some(namespace) = &place.namespace {
        command = Command::new("nsenter");
        command.arg(format!("--mount={}", namespace.display())).arg("setpriv");
    }
    command.args(["--pdeathsig", "KILL"]);
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    if root {
        command.args(["--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]);
    }
    command.arg(find(kind, program));
    let data = place.folder.join("data");
    let data = data.to_str().unwrap();
    command.args(arguments.iter().map(|argument| argument.replace("DATA", data).replace("PORT", port)));
    command.env("TMPDIR", place.temporary.path()).current_dir("/").stdin(Stdio::null());
    command
}

/// A folder that the server's user can enter.
fn open_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
    folder
}

fn find(kind: &Kind, program: &str) -> PathBuf {
    let mut folders: Vec<PathBuf> = kind.folders.iter().map(PathBuf::from).collect();
    // PostgreSQL's folder has one folder for each version.
    let versions = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
    let versions: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.extend(versions);
    let found = folders.iter().map(|folder| folder.join(program)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("{program} is not installed; `make databases` installs it"))
}
