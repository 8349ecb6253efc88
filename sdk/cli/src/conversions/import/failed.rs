//! The file of failed rows.

use std::{
    fs::File,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use super::records::Form;
use crate::{
    cells::{from_csv, to_csv},
    failure::Failure,
    output::own_file,
};

/// Titles of the cells that are written before a failed row.
const OWN_TITLES: [&str; 3] = ["row", "reason", "message"];
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The rows that failed, each with its reason. The file has the form of the imported file: the same
/// separator, and a byte order mark if `Form::needs_mark` returns true. So the spreadsheet that
/// wrote the imported file opens this file as well.
pub struct FailedRows {
    path: PathBuf,
    writer: csv::Writer<File>,
    form: Form,
    titles: Vec<String>,
    /// Number of cells that an earlier import wrote at the beginning of each row.
    own_cells: usize,
    has_begun: bool,
}

impl FailedRows {
    pub fn create(path: &Path, titles: &[String], form: Form) -> Result<Self, Failure> {
        let file = own_file(path).map_err(|error| Failure::file(&path.display(), error))?;
        let writer = csv::WriterBuilder::new().flexible(true).delimiter(form.separator).from_writer(file);
        let is_own = titles.starts_with(&OWN_TITLES.map(str::to_owned));
        let own_cells = if is_own { OWN_TITLES.len() } else { 0 };
        let (path, titles) = (path.to_owned(), titles.to_vec());
        Ok(Self { path, writer, form, titles, own_cells, has_begun: false })
    }

    pub fn write(
        &mut self,
        number: u64,
        reason: &str,
        sentence: &str,
        cells: &[String],
    ) -> Result<(), Failure> {
        let own = cells.iter().skip(self.own_cells).map(|cell| to_csv(&from_csv(cell)));
        let said = [number.to_string(), to_csv(reason), to_csv(sentence)];
        let row: Vec<String> = said.into_iter().chain(own).collect();
        let written = self.begin().and_then(|()| Ok(self.writer.write_record(row)?));
        written.map_err(|error| Failure::file(&self.path.display(), error))
    }

    pub fn end(mut self) -> Result<(), Failure> {
        let ended = self.begin().and_then(|()| self.writer.flush());
        ended.map_err(|error| Failure::file(&self.path.display(), error))
    }

    /// Writes the titles, unless they are written already. Not called before the first failed row
    /// or the end, because the encoding of the imported file may be unknown until then.
    fn begin(&mut self) -> io::Result<()> {
        if self.has_begun {
            return Ok(());
        }
        self.has_begun = true;
        if self.form.needs_mark() {
            self.writer.get_ref().write_all(BYTE_ORDER_MARK)?;
        }
        let titles = self.titles.iter().skip(self.own_cells).map(|title| to_csv(title));
        Ok(self.writer.write_record(OWN_TITLES.map(str::to_owned).into_iter().chain(titles))?)
    }
}
