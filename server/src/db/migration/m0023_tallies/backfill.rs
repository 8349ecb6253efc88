//! The totals of the rows that were there before the journal, by the database alone. The same sums
//! are those of `core/tally/sums.rs`, of which a migration must not make use: it would change with
//! them.

use sea_orm_migration::{
    SchemaManager,
    sea_orm::{ConnectionTrait as _, DbBackend, DbErr},
};

/// The number of ticks, of 10 ms, and of microseconds in a quarter hour.
const QUARTER_TICKS: u32 = 90_000;
const QUARTER_MICROS: u32 = 900_000_000;
/// The number of millionths in a thousand units.
const THOUSAND_MICROS: u32 = 1_000_000_000;
/// Length of the time at the beginning of a click id, in hexadecimal digits.
const TIME_DIGITS: u32 = 10;

/// Adds up all clicks and conversions. Begins anew if an earlier attempt broke off: MariaDB keeps
/// what it has done.
pub async fn fill(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let (db, backend) = (manager.get_connection(), manager.get_database_backend());
    let emptied = ["DELETE FROM tally", "DELETE FROM conversion_tally"].map(str::to_owned);
    let bases = [
        (1, of_click(backend)),
        (2, divided(backend, "converted_at", QUARTER_MICROS)),
        (3, divided(backend, "created_at", QUARTER_MICROS)),
    ];
    let conversions = bases.map(|(basis, quarter)| conversions(backend, basis, &quarter));
    for statement in emptied.into_iter().chain([clicks(backend)]).chain(conversions) {
        db.execute_unprepared(&statement).await?;
    }
    Ok(())
}

/// The flags of a click are 1 for a robot, 2 for a prefetch and 4 for a preview. A click is counted
/// as the last of them.
fn clicks(backend: DbBackend) -> String {
    let quarter = of_click(backend);
    format!(
        "INSERT INTO tally (account_id, link_id, quarter, clicks, bots, prefetches, previews) \
         SELECT account_id, link_id, {quarter} AS counted_in, COUNT(*), \
         SUM(CASE WHEN (flags & 7) = 1 THEN 1 ELSE 0 END), \
         SUM(CASE WHEN (flags & 6) = 2 THEN 1 ELSE 0 END), \
         SUM(CASE WHEN (flags & 4) = 4 THEN 1 ELSE 0 END) \
         FROM click GROUP BY account_id, link_id, counted_in"
    )
}

/// The totals of conversions by one of their times. No amount is negative.
fn conversions(backend: DbBackend, basis: u32, quarter: &str) -> String {
    let quote = if backend == DbBackend::MySql { "`" } else { "\"" };
    let (value, commission) = (format!("{quote}value{quote}"), format!("{quote}commission{quote}"));
    let thousands = |amount: &str| format!("SUM({})", divided(backend, amount, THOUSAND_MICROS));
    let rest = |amount: &str| format!("SUM({amount} % {THOUSAND_MICROS})");
    let no_partner = match backend {
        DbBackend::Postgres => "CAST('00000000-0000-0000-0000-000000000000' AS uuid)",
        _ => "x'00000000000000000000000000000000'",
    };
    let sums = [thousands(&value), rest(&value), thousands(&commission), rest(&commission)].join(", ");
    format!(
        "INSERT INTO conversion_tally (account_id, link_id, code_id, partner_id, currency, status, basis, quarter, \
         conversions, value_thousands, value_micros, commission_thousands, commission_micros) \
         SELECT account_id, link_id, code_id, {no_partner}, currency, status, {basis}, {quarter} AS counted_in, \
         COUNT(*), {sums} FROM conversion GROUP BY account_id, link_id, code_id, currency, status, counted_in"
    )
}

/// A whole number divided by another, without the rest.
fn divided(backend: DbBackend, number: &str, by: u32) -> String {
    let operator = if backend == DbBackend::MySql { "DIV" } else { "/" };
    format!("({number} {operator} {by})")
}

/// The quarter of a click id, whose first 40 bits are its time.
fn of_click(backend: DbBackend) -> String {
    let ticks = match backend {
        DbBackend::Postgres => {
            format!("('x' || left(encode(uuid_send(click_id), 'hex'), {TIME_DIGITS}))::bit(40)::bigint")
        }
        DbBackend::MySql => format!("CAST(CONV(LEFT(HEX(click_id), {TIME_DIGITS}), 16, 10) AS UNSIGNED)"),
        // SQLite reads no hexadecimal numbers from texts.
        _ => {
            let digit = |number: u32| {
                let place = 1_u64 << (4 * (TIME_DIGITS - number));
                format!("(instr('123456789ABCDEF', substr(hex(click_id), {number}, 1)) * {place})")
            };
            format!("({})", (1..=TIME_DIGITS).map(digit).collect::<Vec<_>>().join(" + "))
        }
    };
    divided(backend, &ticks, QUARTER_TICKS)
}
