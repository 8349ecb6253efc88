//! `s2s conversions export`: reads all conversions page by page while writing them.

use std::{
    io::{self, Write},
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
    output::{Record, Replacement, say},
};

/// Number of conversions on a page, the server's maximum.
const PAGE_SIZE: i32 = 1_000;

pub async fn run(
    client: &Client,
    filter: ListConversionsRequest,
    file: Option<&Path>,
) -> Result<(), Failure> {
    let rows = match file {
        Some(path) => {
            let failure = |error| Failure::file(&path.display(), error);
            let file = Replacement::create(path).map_err(failure)?;
            let (file, rows) = write(client, filter, file, path.display().to_string()).await?;
            file.finish().map_err(failure)?;
            rows
        }
        None => write(client, filter, io::stdout().lock(), "standard output".to_owned()).await?.1,
    };
    say(&format!("{rows} exported"));
    Ok(())
}

/// Writes the conversions to `output`. A failure names the output by `name`. Returns the output and
/// the number of conversions.
async fn write<W: Write>(
    client: &Client,
    filter: ListConversionsRequest,
    output: W,
    name: String,
) -> Result<(W, u64), Failure> {
    let failure = |error: io::Error| Failure::file(&name, error);
    let mut writer = csv::Writer::from_writer(output);
    let titles = Conversion::COLUMNS.iter().map(|(title, _)| title);
    writer.write_record(titles).map_err(|error| failure(error.into()))?;
    let mut conversions =
        client.conversions().list(ListConversionsRequest { page_size: PAGE_SIZE, ..filter });
    let mut rows = 0_u64;
    while let Some(conversion) = conversions.try_next().await? {
        let cells = Conversion::COLUMNS.iter().map(|(_, read)| to_csv(&read(&conversion)));
        writer.write_record(cells).map_err(|error| failure(error.into()))?;
        rows += 1;
    }
    let mut output = writer.into_inner().map_err(|error| failure(error.into_error()))?;
    output.flush().map_err(failure)?;
    Ok((output, rows))
}
