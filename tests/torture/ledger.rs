//! The ledger: the numbers of the sales and visits that were sent, and a file of all that the
//! servers promised: acknowledged sales, and redirects whose click must be stored. `kills.rs` makes
//! the file durable before each kill, so the evidence does not depend on the tortured servers.

use std::{
    collections::BTreeMap,
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
    time::UNIX_EPOCH,
};

use futures::TryStreamExt as _;
use s2s_sdk::{
    prost_types::Timestamp,
    v1::{Click, Conversion, ListClicksRequest, ListConversionsRequest},
};
use s2s_tests::{
    Server,
    database::{journal, tally},
    sale::value,
};

/// The precision of the time in a click id.
const CLICK_TIME_MICROS: i64 = 10_000;
/// Stands for the conversion id of a queued sale.
const QUEUED: &str = "-";

pub struct Ledger {
    sales: AtomicUsize,
    visits: AtomicUsize,
    file: Mutex<File>,
    path: PathBuf,
    /// The largest time by which a server's clock was ahead, in microseconds.
    ahead_micros: AtomicI64,
}

/// The current time, in microseconds since 1970.
pub fn now() -> i64 {
    i64::try_from(UNIX_EPOCH.elapsed().unwrap().as_micros()).unwrap()
}

impl Ledger {
    pub fn in_folder(folder: &Path) -> Self {
        let path = folder.join("ledger");
        let file = Mutex::new(File::create(&path).unwrap());
        let (sales, visits, ahead_micros) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicI64::new(0));
        Self { sales, visits, file, path, ahead_micros }
    }

    /// Notes that the clock of a server is ahead by so many seconds from now on.
    pub fn allow_ahead(&self, seconds: i64) {
        self.ahead_micros.fetch_max(seconds * 1_000_000, Ordering::Relaxed);
    }

    /// Takes a number for a sale before it is sent.
    pub fn next_sale(&self) -> usize {
        self.sales.fetch_add(1, Ordering::Relaxed)
    }

    /// Takes a number for a visit before it is made.
    pub fn next_visit(&self) -> usize {
        self.visits.fetch_add(1, Ordering::Relaxed)
    }

    /// Notes that a sale was acknowledged now, after its first attempt at `begun`. A queued sale
    /// has no conversion id.
    pub fn acknowledged(&self, number: usize, click_id: &str, begun: i64, conversion_id: Option<&str>) {
        self.write(&format!(
            "sale {number} {click_id} {begun} {} {}",
            now(),
            conversion_id.unwrap_or(QUEUED)
        ));
    }

    /// Notes that a visitor was redirected now, with a click that must be stored at the end.
    pub fn sent_on(&self, number: usize, click_id: &str, begun: i64) {
        self.write(&format!("visit {number} {click_id} {begun} {}", now()));
    }

    fn write(&self, line: &str) {
        writeln!(self.file.lock().unwrap(), "{line}").unwrap();
    }

    pub fn make_durable(&self) {
        self.file.lock().unwrap().sync_data().unwrap();
    }

    /// Checks that everything acknowledged is stored, with its click and time. Also checks that
    /// everything stored was sent, that it is stored once, and that sales have the value that was
    /// sent. Must be called after the last request, when all spools are empty. `link_id` is the
    /// link of the visits.
    pub async fn check(&self, core: &Server, link_id: &str) -> Result<String, String> {
        let (summary, queued) = self.check_stored(core, link_id).await?;
        // A run without a queued sale proves nothing about the spool.
        if queued == 0 { Err(format!("no sale was queued: {summary}")) } else { Ok(summary) }
    }

    /// Like `check`, but also passes a run without a queued sale. Returns the number of queued
    /// sales as well.
    pub async fn check_stored(&self, core: &Server, link_id: &str) -> Result<(String, usize), String> {
        let (client, link_id) = (core.client(), link_id.to_owned());
        let all = client.conversions().list(ListConversionsRequest::default());
        let conversions =
            self.sales_by_number(all.try_collect().await.map_err(|error| error.to_string())?)?;
        let all = client.clicks().list(ListClicksRequest { tracking_link_id: link_id, ..Default::default() });
        let clicks = self.visits_by_number(all.try_collect().await.map_err(|error| error.to_string())?)?;
        let (mut counted, mut queued, mut promised) = (0, 0, 0);
        for line in std::fs::read_to_string(&self.path).unwrap().lines() {
            let words: Vec<&str> = line.split(' ').collect();
            let found = match words.as_slice() {
                ["sale", number, click_id, begun, ended, conversion_id] => {
                    let conversion = conversions.get(&number.parse().unwrap());
                    let conversion = conversion.ok_or(format!("lost: {line}"))?;
                    let counts = if *conversion_id == QUEUED { &mut queued } else { &mut counted };
                    *counts += 1;
                    (conversion.click_id == *click_id
                        && (*conversion_id == QUEUED || conversion.id == *conversion_id))
                        .then_some((conversion.conversion_time, begun, ended))
                }
                ["visit", number, click_id, begun, ended] => {
                    promised += 1;
                    let click = clicks.get(&number.parse().unwrap()).ok_or(format!("lost: {line}"))?;
                    (click.id == *click_id).then_some((click.click_time, begun, ended))
                }
                _ => return Err(format!("an unknown kind of line in the ledger: {line}")),
            };
            let Some((at, begun, ended)) = found else {
                return Err(format!("not what was promised: {line}"));
            };
            let (begun, ended): (i64, i64) = (begun.parse().unwrap(), ended.parse().unwrap());
            let (at, begun) = (micros(at), begun / CLICK_TIME_MICROS * CLICK_TIME_MICROS);
            if !(begun..=ended + self.ahead_micros.load(Ordering::Relaxed)).contains(&at) {
                return Err(format!("stored with time {at}, outside the time of: {line}"));
            }
        }
        // A run without an acknowledged sale or without a promised click proves nothing.
        if counted == 0 || promised == 0 {
            return Err(format!("too little was promised: {counted} counted, {promised} clicks"));
        }
        let (sales, visits) = (self.sales.load(Ordering::Relaxed), self.visits.load(Ordering::Relaxed));
        let summary = format!(
            "{sales} sales sent, {counted} acknowledged at once and {queued} queued, {} stored; {visits} visits, \
             {promised} with a click that was promised, {} stored; none lost, none doubled; {}; {}",
            conversions.len(),
            clicks.len(),
            journal::check(&core.database_url).await?,
            tally::check(&core.database_url).await?,
        );
        Ok((summary, queued))
    }

    fn sales_by_number(&self, all: Vec<Conversion>) -> Result<BTreeMap<usize, Conversion>, String> {
        let mut by_number = BTreeMap::new();
        for conversion in all {
            let number: usize = conversion.transaction_id.parse().unwrap();
            if number >= self.sales.load(Ordering::Relaxed) {
                return Err(format!("sale {number} was never sent"));
            }
            if conversion.value.as_ref().unwrap().micros != value(number) {
                return Err(format!("sale {number} has another value than was sent"));
            }
            if by_number.insert(number, conversion).is_some() {
                return Err(format!("sale {number} counts twice"));
            }
        }
        Ok(by_number)
    }

    fn visits_by_number(&self, all: Vec<Click>) -> Result<BTreeMap<usize, Click>, String> {
        let mut by_number = BTreeMap::new();
        for click in all {
            let number: usize = click.sub_ids["sub1"].parse().unwrap();
            if number >= self.visits.load(Ordering::Relaxed) {
                return Err(format!("visit {number} was never made"));
            }
            if by_number.insert(number, click).is_some() {
                return Err(format!("visit {number} counts twice"));
            }
        }
        Ok(by_number)
    }
}

fn micros(time: Option<Timestamp>) -> i64 {
    let time = time.unwrap();
    time.seconds * 1_000_000 + i64::from(time.nanos) / 1_000
}
