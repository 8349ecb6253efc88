//! The number of cells of a row.

use s2s_sdk::parameter::is_trimmed;

/// Checks that each column that is read has a cell, that each cell has a column, and that the cells
/// under blank titles at the end are blank.
///
/// A surplus cell is a fault even if it is empty, because an unquoted `19,99` may have moved every
/// later cell by one column. Files of spreadsheets pass, because their first line ends with blank
/// titles.
pub fn check_cells(
    cells: &[String],
    titles: &[String],
    is_read: impl Fn(usize) -> bool,
) -> Result<(), String> {
    let is_blank = |text: &&String| text.trim_matches(is_trimmed).is_empty();
    if (cells.len()..titles.len()).any(is_read) {
        return Err(format!("the row has {} cells, and the first line {}", cells.len(), titles.len()));
    }
    if cells.len() > titles.len() {
        return Err(format!(
            "the row has {} cells, and the first line {}; write quotes around a cell that has a separator, such as \
             \"19,99\", and as many cells in the first line as in the rows",
            cells.len(),
            titles.len()
        ));
    }
    let named = titles.len() - titles.iter().rev().take_while(is_blank).count();
    let mut unnamed = cells.iter().enumerate().skip(named);
    match unnamed.find(|(_, cell)| !is_blank(cell)) {
        Some((place, _)) => Err(format!(
            "cell {} has no title in the first line; write quotes around a cell that has a separator, such as \
             \"19,99\", or give the column a title",
            place + 1
        )),
        None => Ok(()),
    }
}
