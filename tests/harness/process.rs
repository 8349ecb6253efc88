//! The server as a process: its binary, environment, start and end.

use std::{
    ffi::OsString,
    net::TcpListener,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader},
    process::{Child, Command},
};

use crate::{ADMIN_KEY, PATIENCE, Server};

/// Starts the server and waits until it prints its address.
pub async fn launch(command: &mut Command, listen: &str) -> (Child, String) {
    let mut child =
        command.args(["--listen", listen]).stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said = async {
        loop {
            let line = lines.next_line().await.unwrap();
            let line = line.unwrap_or_else(|| panic!("the server ended at its start"));
            if let Some(url) = line.strip_prefix("s2s-server listens on ") {
                return url.to_owned();
            }
        }
    };
    let url = tokio::time::timeout(PATIENCE, said).await.expect("the server says where it listens");
    (child, url)
}

/// The server binary with the settings of `prepare`, in `folder`. Its log goes to the test's standard error.
pub fn command(folder: &Path) -> Command {
    prepare(Command::new(binary()), folder)
}

/// Like `command`, but in the mount namespace of a small disk.
pub fn command_on(disk: &Path, folder: &Path) -> Command {
    let mut command = Command::new("nsenter");
    command.arg(format!("--mount={}", disk.display())).arg(format!("--wdns={}", folder.display()));
    command.arg("--").arg(binary());
    prepare(command, folder)
}

/// Like `command`, but with an inherited socket, as from a service manager. `LISTEN_PID` must name
/// the process that inherits the socket.
pub fn command_with(socket: &TcpListener, folder: &Path) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", "exec 3<&0 0</dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" \"$@\""]).arg(binary());
    let mut command = prepare(shell, folder);
    command.stdin(OwnedFd::from(socket.try_clone().unwrap()));
    command
}

/// The names of the variables of the developer's own servers and of the tests. These variables must
/// not reach a test's server.
#[expect(clippy::disallowed_methods, reason = "only the names are read")]
fn variables() -> Vec<OsString> {
    let names = std::env::vars_os().map(|(name, _)| name);
    names.filter(|name| name.to_string_lossy().starts_with("S2S_")).collect()
}

/// Prepares a command that becomes the server, in `folder`.
pub fn prepare(mut command: Command, folder: &Path) -> Command {
    for name in variables() {
        command.env_remove(name);
    }
    command.env("S2S_ADMIN_KEY", ADMIN_KEY);
    // With a spool, the server spools a postback that is recorded too slowly on a busy machine. Few
    // tests expect that.
    command.env("S2S_SPOOL", "off");
    command.env("S2S_LOG", "warn").current_dir(folder).stdin(Stdio::null());
    command
}

/// Runs the server to its end, for starts that fail. Returns its exit status and standard error.
pub async fn run_to_end(
    folder: &Path,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> (ExitStatus, String) {
    let mut command = command(folder);
    command.args(arguments).envs(variables.iter().copied());
    end_of(command).await
}

/// Runs a command to its end, for starts that fail. Returns its exit status and standard error.
pub async fn end_of(mut command: Command) -> (ExitStatus, String) {
    let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).kill_on_drop(true).spawn().unwrap();
    let mut output = String::new();
    let mut stderr = child.stderr.take().unwrap();
    let all = async {
        stderr.read_to_string(&mut output).await.unwrap();
        child.wait().await.unwrap()
    };
    let status = tokio::time::timeout(PATIENCE, all).await.expect("the server ends");
    (status, output)
}

/// The exit code and the message of `s2s-server check-totals` on a server's database.
pub async fn check_totals(server: &Server) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut check = command(folder.path());
    check.args(["check-totals", "--database-url", &server.database_url]);
    let (status, message) = end_of(check).await;
    (status.code(), message)
}

/// The server binary: the one that `S2S_TESTED_SERVER` names, or else the one of this build. It must
/// be newer than its sources: testing an old server proves nothing.
pub fn binary() -> PathBuf {
    let binary = std::env::var_os("S2S_TESTED_SERVER").map_or_else(built_beside, PathBuf::from);
    let built = binary.metadata().and_then(|metadata| metadata.modified());
    let built = built.unwrap_or_else(|error| panic!("{}: {error}", binary.display()));
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/src");
    assert!(
        newest(&sources) <= built,
        "{} is older than the sources in {}; run `make test`, or build it, or name another server in \
         S2S_TESTED_SERVER",
        binary.display(),
        sources.display()
    );
    binary
}

fn built_beside() -> PathBuf {
    let this = std::env::current_exe().unwrap();
    let folders = this.ancestors().skip(1).take(2);
    let binary = folders.map(|folder| folder.join("s2s-server")).find(|path| path.is_file());
    binary.expect("s2s-server is not built; run `make test`, or `cargo build --workspace` first")
}

fn newest(folder: &Path) -> std::time::SystemTime {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let times = entries.map(|entry| {
        let folder = entry.file_type().unwrap().is_dir();
        if folder { newest(&entry.path()) } else { entry.metadata().unwrap().modified().unwrap() }
    });
    times.max().unwrap()
}
