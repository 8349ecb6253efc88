//! `s2s-bench --bytes`: the bytes at rest of each click, conversion and postback, by table and index,
//! and the bytes of log that the database writes for each.
//!
//! The rows come through the server's port, as visits and as a shop's postbacks: in the order of
//! their time, with four sub ids, with ten browsers in turn, and every second one with a referrer.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use s2s_tests::{Server, http};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, TryGetable};

use crate::{Result, database::connect};

/// The number of clicks, and of postbacks.
const ITEMS: u64 = 20_000;
/// The number of requests in flight.
const IN_FLIGHT: usize = 64;
const TABLES: [&str; 3] = ["click", "conversion", "postback"];
/// User agents of browsers that visit links.
const BROWSERS: [&str; 10] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 390.0.0.28.85 (iPhone14,5; iOS 18_5; de_DE; de; scale=3.00; 1170x2532; 755444232)",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; SM-S918B Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/140.0.7339.51 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
];
const REFERRER: &str = "https://blog.example/articles/the-best-shoes-of-the-year";

/// Fills the database of a server and prints the bytes of a row.
pub async fn measure() -> Result<()> {
    let server = Server::start().await;
    let code = server.code("Sale").await;
    let link = server.link(&[&code]).await;
    let db = connect(&server.database_url).await?;
    let before = log_bytes(&db).await?;
    let visits = stream::iter(0..ITEMS).map(|number| visit(&server, &link.slug, number));
    let clicks: Vec<String> = visits.buffered(IN_FLIGHT).try_collect().await?;
    let between = log_bytes(&db).await?;
    let sales =
        stream::iter(clicks.iter().zip(0..)).map(|(click, number)| sell(&server, &code.id, click, number));
    sales.buffered(IN_FLIGHT).try_collect::<Vec<()>>().await?;
    let after = log_bytes(&db).await?;
    println!("bytes of a row at rest, after {ITEMS} clicks and as many postbacks that counted:");
    let mut sale = 0;
    for (table, name, bytes) in places(&db).await? {
        println!("{table:<12}{name:<48}{:>8}", bytes / ITEMS);
        sale += bytes;
    }
    println!("{:<60}{:>8}", "a sale: click, conversion and postback", sale / ITEMS);
    if let (Some(before), Some(between), Some(after)) = (before, between, after) {
        println!("{:<60}{:>8}", "bytes of log of a click", (between - before) / ITEMS);
        println!("{:<60}{:>8}", "bytes of log of a postback and its conversion", (after - between) / ITEMS);
    }
    Ok(())
}

/// Follows a link as a visitor. Returns the click id.
async fn visit(server: &Server, slug: &str, number: u64) -> Result<String> {
    let query = format!("sub1=newsletter-{}&sub2=spring&sub3=ad-{}&sub4=de", number % 50, number % 700);
    let browser = usize::try_from(number)? % BROWSERS.len();
    let browser = BROWSERS.get(browser).copied().unwrap_or_default();
    let mut request = http().get(format!("{}/{slug}?{query}", server.url)).header("user-agent", browser);
    if number.is_multiple_of(2) {
        request = request.header("referer", REFERRER);
    }
    let answer = request.send().await?;
    let to = answer.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default();
    let click = to.split(['?', '&']).find_map(|part| part.strip_prefix("s1="));
    click.map(str::to_owned).ok_or_else(|| format!("no click id: {answer:?}").into())
}

/// Reports a sale as a shop.
async fn sell(server: &Server, code: &str, click: &str, number: u64) -> Result<()> {
    let url =
        format!("{}/s2s?clickId={click}&id={code}&val=19.99&com=0.5&oid=A-{}", server.url, 100_000 + number);
    let answer = http().get(url).header("user-agent", "shop/1.0").send().await?;
    let verdict = answer.headers().get("s2s-verdict").and_then(|verdict| verdict.to_str().ok());
    if verdict == Some("RECORDED") { Ok(()) } else { Err(format!("not recorded: {answer:?}").into()) }
}

/// The bytes of each table and index of `TABLES`: its table, its name and its bytes.
async fn places(db: &DatabaseConnection) -> Result<Vec<(String, String, u64)>> {
    let tables = TABLES.map(|table| format!("'{table}'")).join(",");
    let query = match db.get_database_backend() {
        DbBackend::Sqlite => format!(
            "SELECT m.tbl_name AS of_table, s.name AS name, sum(s.pgsize) AS bytes \
             FROM dbstat AS s JOIN sqlite_master AS m ON m.name = s.name \
             WHERE m.tbl_name IN ({tables}) GROUP BY 1, 2 ORDER BY 1, 3 DESC"
        ),
        // A partition's name begins with the name of its table.
        DbBackend::Postgres => format!(
            "SELECT t.relname::text AS of_table, c.relname::text AS name, \
             CASE WHEN c.relkind = 'r' THEN pg_table_size(c.oid) ELSE pg_relation_size(c.oid) END AS bytes \
             FROM pg_class AS t JOIN pg_inherits AS i ON i.inhparent = t.oid \
             LEFT JOIN pg_index AS x ON x.indrelid = i.inhrelid \
             JOIN pg_class AS c ON c.oid IN (i.inhrelid, x.indexrelid) \
             WHERE t.relname IN ({tables}) AND pg_relation_size(c.oid) > 8192 * 2 \
             GROUP BY 1, 2, 3 ORDER BY 1, 3 DESC"
        ),
        _ => {
            for table in TABLES {
                db.query_all_raw(Statement::from_string(DbBackend::MySql, format!("ANALYZE TABLE {table}")))
                    .await?;
            }
            format!(
                "SELECT table_name AS of_table, index_name AS name, \
                 CAST(stat_value * @@innodb_page_size AS SIGNED) AS bytes \
                 FROM mysql.innodb_index_stats WHERE stat_name = 'size' AND database_name = database() \
                 AND table_name IN ({tables}) ORDER BY 1, 3 DESC"
            )
        }
    };
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), query)).await?;
    let place = |row: &sea_orm::QueryResult| {
        let bytes: i64 = row.try_get("", "bytes")?;
        Ok((row.try_get("", "of_table")?, row.try_get("", "name")?, u64::try_from(bytes)?))
    };
    rows.iter().map(place).collect()
}

/// The bytes of log that the database has ever written; `None` for SQLite, which does not say.
async fn log_bytes(db: &DatabaseConnection) -> Result<Option<u64>> {
    match db.get_database_backend() {
        DbBackend::Sqlite => Ok(None),
        DbBackend::Postgres => {
            let query = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint AS bytes";
            let bytes: i64 = one(db, query, "bytes").await?;
            Ok(Some(u64::try_from(bytes)?))
        }
        _ => {
            let text: String = one(db, "SHOW GLOBAL STATUS LIKE 'Innodb_os_log_written'", "Value").await?;
            Ok(Some(text.parse()?))
        }
    }
}

async fn one<T: TryGetable>(db: &DatabaseConnection, query: &str, column: &str) -> Result<T> {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), query)).await?;
    Ok(row.ok_or("no row")?.try_get("", column)?)
}
