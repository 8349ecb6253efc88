//! The age of the installation, and the months whose partitions exist.
//!
//! `db/lived.rs` explains the *lived time*: a time that servers have certainly run through, stored
//! in the database. The *deletion time* follows from it and from the clocks. `retention` compares
//! rows with the deletion time instead of with a clock. Clicks, conversions and postbacks call
//! [`make_room`] before they write a row whose id may have been made elsewhere, so that PostgreSQL
//! has the partition of the row's month.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use s2s_sdk::v1::ErrorReason;
use tokio::{sync::Mutex, time::Instant};

use crate::{
    core::App,
    db::{Db, Lived, Month, TimedTable},
    error::{Error, Result},
    values::{
        click_id::ClickId,
        id::{first_id, id_time},
        time::{Span, Time},
    },
};

/// Longest time by which the deletion time may be ahead of the lived time. It lets a server that
/// was off for a night delete at once. It is half of `retention::GRACE`. If a clock is ahead, the
/// other half (twelve hours) protects rows for six hours: the lived time advances at most three
/// times as fast as servers run, so it gains at most two hours in each hour.
const LIVED_AT_ONCE: Span = Span::from_seconds(12 * 3_600);
/// Highest speed of the lived time while it catches up with the clocks, in seconds per second.
const CATCH_UP: u32 = 3;
/// Number of future months whose partitions are made in advance.
const MONTHS_AHEAD: u32 = 3;
/// Longest time by which an id may be ahead of this server's clock. Only a wrong clock makes ids
/// that are months off. This limit and `BEHIND_MAX` bound the number of partitions that such ids
/// can create.
const AHEAD_MAX: Span = Span::from_days(3 * 365);
/// Longest time by which the id of a new row may be behind this server's clock, if the id was made
/// elsewhere.
const BEHIND_MAX: Span = Span::from_days(3 * 365);
/// Period from now for which partitions are assumed to exist while another server makes them. The
/// value has no effect on databases without partitions: their tables accept rows of any time.
const ROOM_ASSUMED: Span = Span::from_days(31);

/// Clicks by their time.
pub const CLICKS: TimedTable =
    TimedTable { name: "click", id: "click_id", first_id: ClickId::first, time_of: ClickId::time_of };
/// Conversions by the time of their click: their key begins with the click id.
pub const CONVERSIONS: TimedTable = TimedTable { name: "conversion", ..CLICKS };
/// Postbacks by the time of their arrival.
pub const POSTBACKS: TimedTable = TimedTable { name: "postback", id: "id", first_id, time_of: id_time };
/// The tables that grow with traffic.
pub const TABLES: [TimedTable; 3] = [CLICKS, CONVERSIONS, POSTBACKS];

/// The deletion time and the times that it follows from; also the time before which conversions
/// may be gone, and the time until which partitions exist.
pub struct Age {
    /// The lived time when this server started.
    base: Time,
    began: Instant,
    /// The deletion time. A row may be deleted once its time plus its retention is earlier than
    /// this.
    until: AtomicI64,
    forgotten_before: AtomicI64,
    room_until: AtomicI64,
    /// Lets one caller at a time make partitions.
    making_room: Mutex<()>,
}

impl Age {
    pub async fn load(db: &Db, now: Time) -> Result<Self> {
        let Lived { until, forgotten_before, .. } = db.lived(now, &TABLES).await?;
        Ok(Self {
            base: until,
            began: Instant::now(),
            until: AtomicI64::new(now.min(until.plus(LIVED_AT_ONCE)).micros()),
            forgotten_before: AtomicI64::new(forgotten_before.micros()),
            room_until: AtomicI64::new(0),
            making_room: Mutex::new(()),
        })
    }

    /// The deletion time. It is at most `LIVED_AT_ONCE` later than the lived time, and never later
    /// than this server's clock. From the first `enter` on, it is not later than the database's
    /// clock either.
    pub fn until(&self) -> Time {
        Time::from_micros(self.until.load(Ordering::Relaxed))
    }

    /// Conversions of clicks before this time may have been deleted, even if the present retention
    /// would keep them.
    pub fn forgotten_before(&self) -> Time {
        Time::from_micros(self.forgotten_before.load(Ordering::Relaxed))
    }

    /// Updates the deletion time and `forgotten_before` from `lived`, the values now in the
    /// database. `clocks` is the earlier of this server's clock and the database's.
    pub fn enter(&self, lived: Lived, clocks: Time) {
        self.until.store(clocks.min(lived.until.plus(LIVED_AT_ONCE)).micros(), Ordering::Relaxed);
        self.forgotten_before.store(lived.forgotten_before.micros(), Ordering::Relaxed);
    }

    /// A time that has certainly passed: the lived time at the start, plus this server's uptime.
    pub fn passed(&self) -> Time {
        let run = Span::from_micros(i64::try_from(self.began.elapsed().as_micros()).unwrap_or(i64::MAX));
        self.base.plus(run)
    }

    /// The latest lived time that is possible now: the lived time at the start, plus `CATCH_UP`
    /// times this server's uptime.
    pub fn reachable(&self) -> Time {
        let run = self.began.elapsed().saturating_mul(CATCH_UP).as_micros();
        let run = Span::from_micros(i64::try_from(run).unwrap_or(i64::MAX));
        self.base.plus(run)
    }

    fn has_room(&self, time: Time) -> bool {
        time.micros() <= self.room_until.load(Ordering::Relaxed)
    }

    fn make_room(&self, until: Time) {
        self.room_until.fetch_max(until.micros(), Ordering::Relaxed);
    }

    /// The uptime of this server.
    pub fn uptime(&self) -> Duration {
        self.began.elapsed()
    }

    /// Replaces `forgotten_before`, and leaves the deletion time as it is.
    pub fn note_forgotten(&self, before: Time) {
        self.forgotten_before.store(before.micros(), Ordering::Relaxed);
    }
}

/// Makes the partitions for future rows.
pub async fn prepare(app: &App) -> Result<()> {
    let now = app.now();
    let made = app.db.make_partitions(Month::of(now).plus(MONTHS_AHEAD).start(), &TABLES).await?;
    app.age.make_room(made.unwrap_or_else(|| now.plus(ROOM_ASSUMED)));
    Ok(())
}

/// Ensures that the partition exists for a new row whose id an edge has made. `time` is the time in
/// the id.
///
/// # Errors
///
/// The errors of [`make_room`], and `CLOCK_WRONG` if the time is more than `BEHIND_MAX` behind,
/// because no call waits that long in a spool.
pub async fn make_room_for_new(app: &App, time: Time) -> Result<()> {
    if app.now().since(time) > BEHIND_MAX {
        let message = "the time in the id is more than three years ago, so the clock of its maker was \
                       wrong; the row can't be stored";
        return Err(Error::new(ErrorReason::ClockWrong, message));
    }
    make_room(app, time).await
}

/// Ensures that the partition exists for a row of this time. An edge whose clock is ahead mints
/// click ids of future months. Those clicks are genuine, so they are stored.
///
/// # Errors
///
/// `CLOCK_WRONG` if the time is more than `AHEAD_MAX` ahead; `UNAVAILABLE` while another server
/// makes partitions.
pub async fn make_room(app: &App, time: Time) -> Result<()> {
    if app.age.has_room(time) {
        return Ok(());
    }
    // Boxed, to keep the caller's future small: hardly any call gets here.
    Box::pin(make_more_room(app, time)).await
}

async fn make_more_room(app: &App, time: Time) -> Result<()> {
    if time > app.now().plus(AHEAD_MAX) {
        let message = "the time in the id is more than three years ahead, so the clock of its maker was \
                       wrong; the row can't be stored";
        return Err(Error::new(ErrorReason::ClockWrong, message));
    }
    let _turn = app.age.making_room.lock().await;
    if app.db.has_partitions() && !app.age.has_room(time) {
        let ahead = time.ahead_of(app.now());
        tracing::error!(
            "AN ID IS {ahead} THE CLOCK: the clock of its maker was wrong; a partition is made for it"
        );
        let made = app.db.make_partitions(time, &TABLES).await?;
        app.age.make_room(made.ok_or_else(|| Error::unavailable("another server makes partitions"))?);
    }
    Ok(())
}
