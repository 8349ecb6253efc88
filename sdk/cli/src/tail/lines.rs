//! The lines of an endless list: each item is written as it comes, with its place in the stream.

use std::io;

use serde_json::Value;

use crate::{
    cells::{plain, to_csv, to_json},
    failure::Failure,
    output::{Format, Output, Record, print},
    schema,
};

/// Titles of the columns of an event, besides those of its item.
const ACCOUNT_ID: &str = "account_id";
const RESUME_TOKEN: &str = "resume_token";

/// An item, with its account and the place behind it. Both are empty for an item that does not come
/// from the stream.
pub struct Event<R> {
    pub item: R,
    pub account_id: String,
    pub resume_token: String,
}

/// The lines that are written so far.
pub struct Lines<'a> {
    output: &'a Output,
    /// People see the account of each item.
    with_accounts: bool,
    /// Widths of the columns that people see, in characters; empty before the first line.
    widths: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub fn new(output: &'a Output, with_accounts: bool) -> Self {
        Self { output, with_accounts, widths: Vec::new() }
    }

    /// Writes an item, as a line of cells, of JSON, or of CSV. Titles come before the first line of
    /// cells or of CSV.
    pub fn write<R: Record>(&mut self, event: &Event<R>) -> Result<(), Failure> {
        match self.output.format {
            Format::Table => self.write_cells(event),
            Format::Json => {
                let mut line = schema::json(R::MESSAGE, &event.item)?;
                if let Value::Object(fields) = &mut line {
                    fields.insert("accountId".to_owned(), event.account_id.clone().into());
                    fields.insert("resumeToken".to_owned(), event.resume_token.clone().into());
                }
                print(&format!("{}\n", to_json(&line, false)))
            }
            Format::Csv => self.write_csv(event),
        }
    }

    fn write_cells<R: Record>(&mut self, event: &Event<R>) -> Result<(), Failure> {
        let columns = R::COLUMNS.iter().take(R::NARROW);
        let account = self.with_accounts.then_some(&event.account_id);
        let titles = account.map(|_| ACCOUNT_ID).into_iter().chain(columns.clone().map(|(title, _)| *title));
        let titles: Vec<String> = titles.map(str::to_uppercase).collect();
        let own = columns.map(|(_, read)| plain(&read(&event.item)));
        let cells: Vec<String> = account.map(|id| plain(id)).into_iter().chain(own).collect();
        let is_first = self.widths.is_empty();
        // Later lines are not known yet, so a column is as wide as its widest cell up to now.
        self.widths.resize(titles.len(), 0);
        for (width, (title, cell)) in self.widths.iter_mut().zip(titles.iter().zip(&cells)) {
            *width = (*width).max(title.chars().count()).max(cell.chars().count());
        }
        if is_first {
            print(&self.line(&titles))?;
        }
        print(&self.line(&cells))
    }

    fn line(&self, cells: &[String]) -> String {
        let padded = cells.iter().zip(&self.widths).map(|(cell, width)| format!("{cell:<width$}"));
        let line = padded.collect::<Vec<_>>().join("  ");
        format!("{}\n", line.trim_end())
    }

    fn write_csv<R: Record>(&mut self, event: &Event<R>) -> Result<(), Failure> {
        let mut writer = csv::Writer::from_writer(io::stdout().lock());
        if self.widths.is_empty() {
            let own = R::COLUMNS.iter().map(|(title, _)| *title);
            writer.write_record(own.chain([ACCOUNT_ID, RESUME_TOKEN]))?;
            self.widths.push(0);
        }
        let own = R::COLUMNS.iter().map(|(_, read)| to_csv(&read(&event.item)));
        writer.write_record(own.chain([to_csv(&event.account_id), to_csv(&event.resume_token)]))?;
        Ok(writer.flush()?)
    }
}
