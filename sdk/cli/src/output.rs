//! Writes results: a table for people, JSON or CSV for programs. Programs get lists item by item,
//! in bounded memory.

use std::{
    ffi::OsStr,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use clap::ValueEnum;
use comfy_table::{Table, presets::NOTHING};
use futures::{StreamExt as _, TryStreamExt as _, stream::BoxStream};
use prost::Message;
use s2s_sdk::Error;
use serde_json::Value;

use crate::{
    cells::{plain, to_csv, to_json},
    failure::Failure,
    schema,
};

/// True once a message could not be written, because standard error is closed.
static IS_UNHEARD: AtomicBool = AtomicBool::new(false);

/// Writes a message for the caller to standard error. If standard error is closed, the command
/// continues, because it must finish the work that it has begun.
pub fn say(message: &str) {
    say_behind("", message);
}

/// Says that a list is cut.
pub fn say_more(limit: usize) {
    say(&format!("there are more than the {limit} shown; --limit 0 shows all"));
}

/// Writes a message as [`say`] does, after an escape sequence for the terminal.
pub fn say_behind(escape: &str, message: &str) {
    let written = io::stderr().lock().write_all(format!("{escape}s2s: {message}\n").as_bytes());
    IS_UNHEARD.fetch_or(written.is_err(), Ordering::Relaxed);
}

/// Returns whether a message could not be written.
pub fn is_unheard() -> bool {
    IS_UNHEARD.load(Ordering::Relaxed)
}

/// Creates a file that only its owner can read, since the values of sales are confidential. A file
/// that exists is truncated and keeps its mode.
pub fn own_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A new file that replaces an existing file once the new file is complete. A failure leaves the
/// existing file unchanged.
pub struct Replacement {
    file: File,
    path: PathBuf,
    /// The temporary file beside the path; `None` if the path itself is written, or once the file
    /// is renamed.
    beside: Option<PathBuf>,
}

impl Replacement {
    /// Creates a file beside `path`. A device or a pipe is written directly.
    pub fn create(path: &Path) -> io::Result<Self> {
        // A symbolic link stays; the file that it points to is replaced.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let before = fs::metadata(&path).ok();
        if before.as_ref().is_some_and(|before| !before.is_file()) {
            return Ok(Self { file: own_file(&path)?, path, beside: None });
        }
        if before.is_some() {
            // A file that the caller may not write must not be replaced either.
            OpenOptions::new().write(true).open(&path)?;
        }
        let mut name = path.file_name().map(OsStr::to_owned).unwrap_or_default();
        name.push(format!(".{}.part", std::process::id()));
        let beside = path.with_file_name(name);
        let file = own_file(&beside)?;
        let replacement = Self { file, path, beside: Some(beside) };
        if let Some(before) = before {
            replacement.file.set_permissions(before.permissions())?;
        }
        Ok(replacement)
    }

    /// Puts the file into its place.
    pub fn finish(mut self) -> io::Result<()> {
        let Some(beside) = &self.beside else { return Ok(()) };
        self.file.sync_all()?;
        fs::rename(beside, &self.path)?;
        self.beside = None;
        Ok(())
    }
}

impl io::Write for Replacement {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        if let Some(beside) = &self.beside {
            // The file is incomplete, so nobody needs it.
            _ = fs::remove_file(beside);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Table,
    Json,
    Csv,
}

/// A column's title, and the function that reads its cell from a message.
pub type Column<R> = (&'static str, fn(&R) -> String);

/// A message that can be shown.
pub trait Record: Message + Sized + 'static {
    /// Name of the message in the schema.
    const MESSAGE: &'static str;
    /// Number of columns, counted from the first, that a table with several messages shows.
    const NARROW: usize;
    const COLUMNS: &'static [Column<Self>];
}

/// The output of a command, in the chosen format.
pub struct Output {
    pub format: Format,
}

impl Output {
    /// Writes at most `limit` items of a list; 0 writes all.
    pub async fn list<R: Record>(
        &self,
        items: BoxStream<'_, Result<R, Error>>,
        limit: usize,
    ) -> Result<(), Failure> {
        let mut items = items;
        let first = items.by_ref().take(if limit == 0 { usize::MAX } else { limit }).boxed();
        let shown = self.list_all(first).await?;
        if limit > 0 && shown == limit && items.next().await.is_some() {
            say_more(limit);
        }
        Ok(())
    }

    /// Writes the items of a list. Returns their number.
    async fn list_all<R: Record>(&self, items: BoxStream<'_, Result<R, Error>>) -> Result<usize, Failure> {
        match self.format {
            Format::Table => {
                let items: Vec<R> = items.try_collect().await?;
                let columns = R::COLUMNS.iter().take(R::NARROW);
                table(
                    columns.clone().map(|(title, _)| *title),
                    items.iter().map(|item| columns.clone().map(|(_, read)| read(item))),
                )?;
                Ok(items.len())
            }
            Format::Json => self.list_json(items).await,
            Format::Csv => self.list_csv(items).await,
        }
    }

    async fn list_json<R: Record>(
        &self,
        mut items: BoxStream<'_, Result<R, Error>>,
    ) -> Result<usize, Failure> {
        let mut before = "[\n";
        let mut shown = 0;
        while let Some(item) = items.try_next().await? {
            print(&format!("{before}{}", to_json(&schema::json(R::MESSAGE, &item)?, false)))?;
            before = ",\n";
            shown += 1;
        }
        print(if before == "[\n" { "[]\n" } else { "\n]\n" })?;
        Ok(shown)
    }

    async fn list_csv<R: Record>(
        &self,
        mut items: BoxStream<'_, Result<R, Error>>,
    ) -> Result<usize, Failure> {
        let mut writer = csv::Writer::from_writer(io::stdout().lock());
        let mut shown = 0;
        writer.write_record(R::COLUMNS.iter().map(|(title, _)| title))?;
        while let Some(item) = items.try_next().await? {
            writer.write_record(R::COLUMNS.iter().map(|(_, read)| to_csv(&read(&item))))?;
            shown += 1;
        }
        writer.flush()?;
        Ok(shown)
    }

    /// Writes one item with all its columns.
    pub fn show<R: Record>(&self, item: Option<&R>) -> Result<(), Failure> {
        let Some(item) = item else { return Ok(()) };
        match self.format {
            Format::Table => {
                let rows = R::COLUMNS.iter().map(|(title, read)| [(*title).to_owned(), read(item)]);
                table([].into_iter(), rows.filter(|[_, cell]| !cell.is_empty()))
            }
            Format::Json => json(&schema::json(R::MESSAGE, item)?),
            Format::Csv => {
                csv(R::COLUMNS.iter().map(|(title, _)| *title), R::COLUMNS.iter().map(|(_, read)| read(item)))
            }
        }
    }

    /// Writes a response that has more than the item. JSON has the whole response; the other
    /// formats have the item and the texts in `said`.
    pub fn answer<R: Record>(
        &self,
        name: &str,
        response: &impl Message,
        item: Option<&R>,
        said: &[(&str, &str)],
    ) -> Result<(), Failure> {
        match self.format {
            Format::Json => json(&schema::json(name, response)?),
            Format::Csv => {
                let own = R::COLUMNS.iter().map(|(title, _)| *title);
                let cells = R::COLUMNS.iter().map(|(_, read)| item.map(read).unwrap_or_default());
                let texts = said.iter().map(|(_, text)| (*text).to_owned());
                csv(own.chain(said.iter().map(|(title, _)| *title)), cells.chain(texts))
            }
            Format::Table => {
                self.show(item)?;
                let said = said.iter().filter(|(_, text)| !text.is_empty());
                said.into_iter().try_for_each(|(title, text)| print(&format!("\n{title}: {}\n", plain(text))))
            }
        }
    }

    /// Writes the texts of a response; JSON has the whole response. For people, a single text is
    /// written without a title, so that it can be copied.
    pub fn text(&self, name: &str, response: &impl Message, texts: &[(&str, &str)]) -> Result<(), Failure> {
        match (self.format, texts) {
            (Format::Json, _) => json(&schema::json(name, response)?),
            (Format::Csv, _) => {
                csv(texts.iter().map(|(title, _)| *title), texts.iter().map(|(_, text)| (*text).to_owned()))
            }
            (Format::Table, [(_, text)]) => print(&format!("{}\n", plain(text))),
            (Format::Table, texts) => {
                texts.iter().try_for_each(|(title, text)| print(&format!("{title}: {}\n", plain(text))))
            }
        }
    }
}

/// Writes JSON with indentation, readable for people as well.
pub fn json(value: &Value) -> Result<(), Failure> {
    print(&format!("{}\n", to_json(value, true)))
}

/// Writes a line of titles and one row of CSV.
fn csv<'a>(
    titles: impl Iterator<Item = &'a str>,
    cells: impl Iterator<Item = String>,
) -> Result<(), Failure> {
    csv_rows(titles, [cells].into_iter())
}

/// Writes a line of titles and rows of CSV.
pub fn csv_rows<'a, R: IntoIterator<Item = String>>(
    titles: impl Iterator<Item = &'a str>,
    rows: impl Iterator<Item = R>,
) -> Result<(), Failure> {
    let mut writer = csv::Writer::from_writer(io::stdout().lock());
    writer.write_record(titles)?;
    for row in rows {
        writer.write_record(row.into_iter().map(|cell| to_csv(&cell)))?;
    }
    Ok(writer.flush()?)
}

/// Writes rows of cells, without characters that could steer the terminal.
pub fn table<R: IntoIterator<Item = String>>(
    titles: impl Iterator<Item = &'static str>,
    rows: impl Iterator<Item = R>,
) -> Result<(), Failure> {
    let mut table = Table::new();
    table.load_preset(NOTHING);
    let titles: Vec<String> = titles.map(str::to_uppercase).collect();
    if !titles.is_empty() {
        table.set_header(titles);
    }
    table.add_rows(rows.map(|row| row.into_iter().map(|cell| plain(&cell))));
    print(&format!("{}\n", table.trim_fmt()))
}

pub fn print(text: &str) -> Result<(), Failure> {
    raw(text.as_bytes())
}

pub fn raw(bytes: &[u8]) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    output.write_all(bytes)?;
    Ok(output.flush()?)
}
