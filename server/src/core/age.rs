//! The age of the installation: the time that it has lived through, and the room for its rows.
//!
//! The slices ask it whether a row has its place; `retention` deletes by it.

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

/// Longest time by which deletion may be ahead of the time lived through, such as after a night
/// without a server. Less than `GRACE`, so that a clock that is ahead by more deletes nothing too
/// early.
const LIVED_AT_ONCE: Span = Span::from_seconds(12 * 3_600);
/// Highest speed at which the time lived through catches up, as a multiple of the real one.
const CATCH_UP: u32 = 3;
/// Number of months whose partitions are made before they begin.
const MONTHS_AHEAD: u32 = 3;
/// Longest time by which an id may be ahead of this server's clock, because its maker's clock was
/// wrong.
const AHEAD_MAX: Span = Span::from_days(3 * 365);
/// Time for which room is assumed while another server makes the partitions, or if there are none.
const ROOM_ASSUMED: Span = Span::from_days(31);

/// Clicks by their time.
pub const CLICKS: TimedTable =
    TimedTable { name: "click", id: "click_id", first_id: ClickId::first, time_of: ClickId::time_of };
/// Conversions by the time of their click, which their key begins with.
pub const CONVERSIONS: TimedTable = TimedTable { name: "conversion", ..CLICKS };
/// Postbacks by the time of their arrival.
pub const POSTBACKS: TimedTable = TimedTable { name: "postback", id: "id", first_id, time_of: id_time };
/// The tables that grow with traffic.
pub const TABLES: [TimedTable; 3] = [CLICKS, CONVERSIONS, POSTBACKS];

/// The time that the installation has lived through, as this server knows it, and the latest time
/// that there is room for.
pub struct Age {
    /// The time lived through when this server started.
    base: Time,
    began: Instant,
    /// The time that deletion goes by; never later than the present.
    until: AtomicI64,
    forgotten_before: AtomicI64,
    room_until: AtomicI64,
    /// Lets one caller at a time make room.
    making_room: Mutex<()>,
}

impl Age {
    pub async fn load(db: &Db, now: Time) -> Result<Self> {
        let Lived { until, forgotten_before } = db.lived(now, &TABLES).await?;
        Ok(Self {
            base: until,
            began: Instant::now(),
            until: AtomicI64::new(now.min(until.plus(LIVED_AT_ONCE)).micros()),
            forgotten_before: AtomicI64::new(forgotten_before.micros()),
            room_until: AtomicI64::new(0),
            making_room: Mutex::new(()),
        })
    }

    /// The time that deletion goes by: no later than the clocks say, or than the installation can
    /// have lived.
    pub fn until(&self) -> Time {
        Time::from_micros(self.until.load(Ordering::Relaxed))
    }

    /// Time of the click before which conversions may have been deleted at some time, whatever the
    /// retention is today.
    pub fn forgotten_before(&self) -> Time {
        Time::from_micros(self.forgotten_before.load(Ordering::Relaxed))
    }

    pub fn enter(&self, lived: Lived, clocks: Time) {
        self.until.store(clocks.min(lived.until.plus(LIVED_AT_ONCE)).micros(), Ordering::Relaxed);
        self.forgotten_before.store(lived.forgotten_before.micros(), Ordering::Relaxed);
    }

    /// A time that has surely passed: the time lived through at the start, plus this server's
    /// uptime.
    pub fn passed(&self) -> Time {
        let run = Span::from_micros(i64::try_from(self.began.elapsed().as_micros()).unwrap_or(i64::MAX));
        self.base.plus(run)
    }

    /// The latest time that the installation can have lived through, by its time at the start and
    /// this server's uptime.
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

    /// Takes over the time before which conversions may have been deleted.
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

/// Ensures that a row of this time has its place. Ids are minted by edges, whose clocks may be
/// wrong: such a click is genuine, and counts.
///
/// # Errors
///
/// `CLOCK_WRONG` if the time is so far ahead that no honest edge's clock can be; `UNAVAILABLE`
/// while another server makes partitions.
pub async fn make_room(app: &App, time: Time) -> Result<()> {
    if app.age.has_room(time) {
        return Ok(());
    }
    // On the heap, since hardly any call needs it.
    Box::pin(make_more_room(app, time)).await
}

async fn make_more_room(app: &App, time: Time) -> Result<()> {
    if time > app.now().plus(AHEAD_MAX) {
        let message = "the time in the id is more than three years ahead, so the clock of its maker was \
                       wrong; it can't be stored";
        return Err(Error::new(ErrorReason::ClockWrong, message));
    }
    let _turn = app.age.making_room.lock().await;
    if app.db.has_partitions() && !app.age.has_room(time) {
        let ahead = time.ahead_of(app.now());
        tracing::error!("AN ID IS {ahead} THE CLOCK: the clock of its maker was wrong; the id is kept");
        let made = app.db.make_partitions(time, &TABLES).await?;
        app.age.make_room(made.ok_or_else(|| Error::unavailable("another server makes partitions"))?);
    }
    Ok(())
}
