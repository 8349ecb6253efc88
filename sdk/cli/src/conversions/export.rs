//! `s2s conversions export`: reads all conversions page by page while writing them.

use std::{
    io::{self, BufWriter, Write},
    path::Path,
};

use futures::TryStreamExt as _;
use s2s_sdk::{
    Client,
    v1::{Conversion, ListConversionsRequest},
};

use crate::{
    cells::to_csv,
    failure::Failure,
    output::{Record, own_file},
};

/// Number of conversions on a page, the server's maximum.
const PAGE_SIZE: i32 = 1_000;

pub async fn run(
    client: &Client,
    filter: ListConversionsRequest,
    file: Option<&Path>,
) -> Result<(), Failure> {
    let output: Box<dyn Write> = match file {
        Some(path) => {
            let file = own_file(path).map_err(|error| Failure::file(&path.display(), error))?;
            Box::new(BufWriter::new(file))
        }
        None => Box::new(io::stdout().lock()),
    };
    let mut writer = csv::Writer::from_writer(output);
    writer.write_record(Conversion::COLUMNS.iter().map(|(title, _)| title))?;
    let mut conversions = client.conversions(ListConversionsRequest { page_size: PAGE_SIZE, ..filter });
    let mut rows = 0_u64;
    while let Some(conversion) = conversions.try_next().await? {
        writer.write_record(Conversion::COLUMNS.iter().map(|(_, read)| to_csv(&read(&conversion))))?;
        rows += 1;
    }
    writer.flush()?;
    eprintln!("s2s: {rows} exported");
    Ok(())
}
