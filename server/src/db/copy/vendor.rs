//! The programs of the databases' vendors that copy a database and put a copy back.
//!
//! A program is found on the `PATH`. It reads from or writes to a pipe of this process, so it ends
//! if this process ends, and does not continue a copy or a restore unnoticed. Passwords are passed
//! in the environment, because every user of the machine can see the arguments of a program.

use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    path::Path,
    process::{ExitStatus, Stdio},
};

use sea_orm::DbBackend;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, Command},
};

use super::{failed, not_restored};
use crate::{
    config::{SecretUrl, ServerUrl},
    error::StartError,
};

/// Bytes that are read or written at once.
const CHUNK_BYTES: usize = 64 * 1_024;
/// Maximum number of bytes, from the end of a program's standard error, that a message repeats.
const SAID_BYTES_MAX: usize = 1_000;

/// Copies the database to a new file.
pub async fn dump(backend: DbBackend, url: &SecretUrl, to: &Path) -> Result<(), StartError> {
    let server = url.server().unwrap_or_default();
    let mut command = if backend == DbBackend::Postgres {
        let mut command = postgres("pg_dump", &server);
        command.args(["--format=custom", "--no-password"]);
        command
    } else {
        let mut command = mariadb("mariadb-dump", &server);
        command.args([
            "--single-transaction",
            "--skip-lock-tables",
            "--quick",
            "--hex-blob",
            "--no-tablespaces",
        ]);
        command.arg("--").arg(server.database.as_deref().unwrap_or_default());
        command
    };
    let (mut child, program) = start(command.stdin(Stdio::null()).stdout(Stdio::piped()), "BACKUP")?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (written, said) = tokio::join!(write_to(stdout, to), read_end(stderr));
    written.map_err(|error| failed(&format!("can't write {}: {error}", to.display())))?;
    let status = child.wait().await.map_err(|error| failed(&format!("{program}: {error}")))?;
    ended(status, &program, url, &said).map_err(|message| failed(&message))
}

/// Puts a copy back into an empty database. PostgreSQL restores all of it or nothing.
pub async fn load(backend: DbBackend, url: &SecretUrl, from: &Path) -> Result<(), StartError> {
    let server = url.server().unwrap_or_default();
    let database = server.database.as_deref().unwrap_or_default();
    let mut command = if backend == DbBackend::Postgres {
        let mut command = postgres("pg_restore", &server);
        // The roles of the old server may not exist.
        command.args([
            "--no-password",
            "--single-transaction",
            "--exit-on-error",
            "--no-owner",
            "--no-privileges",
        ]);
        command.arg(format!("--dbname={database}"));
        command
    } else {
        let mut command = mariadb("mariadb", &server);
        command.args(["--batch", "--"]).arg(database);
        command
    };
    let (mut child, program) = start(command.stdin(Stdio::piped()).stdout(Stdio::null()), "RESTORE")?;
    let (stdin, stderr) = (child.stdin.take(), child.stderr.take());
    let (read, said) = tokio::join!(read_from(from, stdin), read_end(stderr));
    let status = child.wait().await.map_err(|error| not_restored(&format!("{program}: {error}")))?;
    let half =
        if backend == DbBackend::MySql { "; the database may hold a part of the copy: drop it" } else { "" };
    ended(status, &program, url, &said).map_err(|message| not_restored(&format!("{message}{half}")))?;
    read.map_err(|error| not_restored(&format!("can't read {}: {error}{half}", from.display())))
}

/// A program of PostgreSQL. It gets the address, the credentials and the TLS settings of the URL.
/// The other settings of the URL are for the server's own connections.
fn postgres(program: &str, server: &ServerUrl) -> Command {
    let mut command = Command::new(program);
    let given = |names: &[&str]| server.parameter(names).map(str::to_owned);
    for (variable, value) in [
        ("PGHOST", server.host.clone()),
        ("PGHOSTADDR", given(&["hostaddr"])),
        ("PGPORT", server.port.clone()),
        ("PGUSER", server.user.clone()),
        ("PGPASSWORD", server.password.clone()),
        ("PGDATABASE", server.database.clone()),
        ("PGSSLMODE", given(&["sslmode", "ssl-mode"])),
        ("PGSSLROOTCERT", given(&["sslrootcert", "ssl-root-cert", "ssl-ca"])),
        ("PGSSLCERT", given(&["sslcert", "ssl-cert"])),
        ("PGSSLKEY", given(&["sslkey", "ssl-key"])),
    ] {
        if let Some(value) = value {
            command.env(variable, value);
        }
    }
    command
}

/// A program of MariaDB. It reads no file of options, which could name another server.
fn mariadb(program: &str, server: &ServerUrl) -> Command {
    let mut command = Command::new(program);
    command.args(["--no-defaults", "--default-character-set=utf8mb4"]);
    let mut option = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            command.arg(format!("--{name}={value}"));
        }
    };
    let socket = server.parameter(&["socket"]);
    option("socket", socket);
    option("protocol", Some(if socket.is_some() { "socket" } else { "tcp" }));
    option("host", server.host.as_deref());
    option("port", server.port.as_deref());
    // The driver's default.
    option("user", Some(server.user.as_deref().unwrap_or("root")));
    let authority = server.parameter(&["sslca", "ssl-ca"]);
    option("ssl-ca", authority);
    option("ssl-cert", server.parameter(&["ssl-cert"]));
    option("ssl-key", server.parameter(&["ssl-key"]));
    let mode = server.parameter(&["sslmode", "ssl-mode"]).unwrap_or_default().to_ascii_lowercase();
    match mode.as_str() {
        "disabled" => command.arg("--skip-ssl"),
        "required" => command.args(["--ssl", "--skip-ssl-verify-server-cert"]),
        "verify_ca" | "verify_identity" => command.args(["--ssl", "--ssl-verify-server-cert"]),
        _ => command.arg("--skip-ssl-verify-server-cert"),
    };
    if let Some(password) = &server.password {
        command.env("MYSQL_PWD", password);
    }
    command
}

/// Starts a program. `task`, `BACKUP` or `RESTORE`, is the beginning of the reason if a program
/// that exists can't be started.
fn start(command: &mut Command, task: &str) -> Result<(Child, String), StartError> {
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    let child = command.stderr(Stdio::piped()).kill_on_drop(true).spawn();
    let child = child.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => StartError::failure(
            "TOOL_MISSING",
            format!(
                "there is no `{program}` on the PATH: install the client programs of the database's version"
            ),
        ),
        _ if task == "BACKUP" => failed(&format!("can't run {program}: {error}")),
        _ => not_restored(&format!("can't run {program}: {error}")),
    })?;
    Ok((child, program))
}

async fn write_to(pipe: Option<impl AsyncRead + Unpin>, to: &Path) -> io::Result<()> {
    let mut file = File::create_new(to)?;
    let Some(mut pipe) = pipe else { return Ok(()) };
    let mut bytes = vec![0; CHUNK_BYTES];
    loop {
        let length = pipe.read(&mut bytes).await?;
        let Some(some) = bytes.get(..length).filter(|some| !some.is_empty()) else { return Ok(()) };
        file.write_all(some)?;
    }
}

async fn read_from(from: &Path, pipe: Option<tokio::process::ChildStdin>) -> io::Result<()> {
    let mut file = File::open(from)?;
    let Some(mut pipe) = pipe else { return Ok(()) };
    let mut bytes = vec![0; CHUNK_BYTES];
    loop {
        let length = file.read(&mut bytes)?;
        let Some(some) = bytes.get(..length).filter(|some| !some.is_empty()) else { break };
        pipe.write_all(some).await?;
    }
    pipe.shutdown().await
}

/// Reads all that a program writes to standard error, and keeps the end of it.
async fn read_end(pipe: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut pipe) = pipe else { return String::new() };
    let (mut said, mut bytes) = (Vec::new(), vec![0; CHUNK_BYTES]);
    while let Ok(length) = pipe.read(&mut bytes).await
        && length > 0
    {
        said.extend_from_slice(bytes.get(..length).unwrap_or_default());
        let over = said.len().saturating_sub(SAID_BYTES_MAX);
        said.drain(..over);
    }
    String::from_utf8_lossy(&said).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Checks the exit status of a program. `Err`: a message.
fn ended(status: ExitStatus, program: &str, url: &SecretUrl, said: &str) -> Result<(), String> {
    if status.success() {
        return Ok(());
    }
    Err(format!("{program} failed on the database {url} ({status}): {}", url.blotted(said)))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    fn shown(command: &Command) -> (Vec<String>, Vec<(String, String)>) {
        let text = |text: &OsStr| text.to_string_lossy().into_owned();
        let command = command.as_std();
        let variables = command.get_envs().filter_map(|(name, value)| Some((text(name), text(value?))));
        (command.get_args().map(text).collect(), variables.collect())
    }

    #[test]
    fn a_password_is_no_argument() {
        for url in [
            "postgres://u:geheim@db:5433/s2s",
            "mysql://u:geheim@db:3307/s2s?ssl-mode=VERIFY_CA&ssl-ca=ca.pem",
        ] {
            let url: SecretUrl = url.parse().unwrap();
            let server = url.server().unwrap();
            let command =
                if url.reveal().starts_with('p') { postgres("x", &server) } else { mariadb("x", &server) };
            let (arguments, variables) = shown(&command);
            assert!(!arguments.iter().any(|argument| argument.contains("geheim")), "{arguments:?}");
            assert!(variables.iter().any(|(_, value)| value == "geheim"), "{variables:?}");
        }
    }

    #[test]
    fn a_program_of_mariadb_connects_as_the_server_does() {
        for (url, expected) in [
            (
                "mysql://db/s2s",
                &["--protocol=tcp", "--host=db", "--user=root", "--skip-ssl-verify-server-cert"][..],
            ),
            ("mysql://u@db/s2s?ssl-mode=disabled", &["--user=u", "--skip-ssl"]),
            ("mysql://u@db/s2s?ssl-mode=REQUIRED", &["--ssl"]),
            ("mysql://u@db/s2s?sslmode=VERIFY_CA&ssl-ca=c", &["--ssl-ca=c", "--ssl-verify-server-cert"]),
            ("mysql://u@db/s2s?socket=/run/m", &["--socket=/run/m", "--protocol=socket"]),
        ] {
            let url: SecretUrl = url.parse().unwrap();
            let (arguments, _) = shown(&mariadb("x", &url.server().unwrap()));
            assert_eq!(arguments.first().map(String::as_str), Some("--no-defaults"));
            for argument in expected {
                assert!(arguments.iter().any(|found| found == argument), "{argument} of {arguments:?}");
            }
        }
    }
}
