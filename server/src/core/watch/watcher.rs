//! One watcher: catches up with the feed, and then listens to it.

use std::{collections::VecDeque, sync::Arc};

use futures::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use s2s_sdk::v1::{ErrorReason, Gap, Heartbeat};
use tokio::{
    sync::mpsc::Receiver,
    time::{Instant, sleep_until},
};
use tonic::Status;

use super::{
    Accounts, HEARTBEAT,
    feed::{Counted, Entry, Told, entries},
    positions::{Place, Positions},
    too_old,
};
use crate::{
    api::Caller,
    core::{App, scan::scan},
    db::journal::{self as table, Damaged, EntryKind, Opening, RowKind},
    error::{Error, Result},
    values::id::AccountId,
};

/// Number of rows of the journal that a watcher reads at once while it catches up. Few in unit tests,
/// because the simulation writes few rows.
const ROWS: u64 = if cfg!(test) { 2 } else { 32 };
/// Number of entries from which on no more rows are taken before they are shown.
const LOADED_MAX: usize = if cfg!(test) { 3 } else { 256 };

/// The subject of a stream: some kinds of entries, and what they tell of.
pub trait Subject: Send + Sync + 'static {
    type Shown: Send + 'static;

    const KINDS: &'static [EntryKind];

    /// Returns whether the event of an entry may pass the filter, as far as the entry shows.
    fn may_pass(&self, _entry: &[u8]) -> bool {
        true
    }

    /// Loads what the entries tell of. Returns one outcome for each entry, in order.
    fn load(&self, entries: &[&[u8]]) -> impl Future<Output = Result<Vec<Loaded<Self::Shown>>>> + Send;
}

/// The outcome for an entry.
pub enum Loaded<T> {
    Shown(AccountId, T),
    /// Does not pass the filter.
    Filtered,
    /// Deleted by now.
    Gone,
}

/// A message of a stream.
struct Message<T> {
    event: Event<T>,
    /// The place behind the event.
    resume_token: String,
}

/// The content of a message.
enum Event<T> {
    /// What happened in an account.
    Shown(AccountId, T),
    /// Nothing new.
    Heartbeat,
    /// Number of events that are deleted by now.
    Gap(i64),
}

/// The form of a stream's messages in the schema. `E` is the type of the field `event`.
pub struct Form<T, E, R> {
    pub shown: fn(T) -> E,
    pub heartbeat: fn(Heartbeat) -> E,
    pub gap: fn(Gap) -> E,
    /// Builds the message from its event, its token and the id of the event's account.
    pub message: fn(E, String, String) -> R,
}

impl<T, E, R> Form<T, E, R> {
    fn of(&self, message: Message<T>) -> R {
        let Message { event, resume_token } = message;
        let (account_id, event) = match event {
            Event::Shown(account, shown) => (account.to_string(), (self.shown)(shown)),
            Event::Heartbeat => (String::new(), (self.heartbeat)(Heartbeat {})),
            Event::Gap(events) => (String::new(), (self.gap)(Gap { events })),
        };
        (self.message)(event, resume_token, account_id)
    }
}

/// Opens a stream.
///
/// # Errors
///
/// `RESUME_TOKEN_INVALID`; `OVERLOADED` if too many streams are open.
pub fn open<S: Subject, E: 'static, R: 'static>(
    app: Arc<App>,
    caller: Caller,
    accounts: Accounts,
    resume_token: &str,
    subject: S,
    form: &'static Form<S::Shown, E, R>,
) -> Result<BoxStream<'static, Result<R, Status>>> {
    let positions = (!resume_token.is_empty()).then(|| Positions::read(resume_token)).transpose()?;
    let counted = app.feed.count(caller.account)?;
    let watcher = Watcher {
        app,
        caller,
        accounts,
        subject,
        positions,
        ready: VecDeque::new(),
        news: None,
        behind: None,
        silent_since: None,
        _counted: counted,
    };
    let messages = stream::unfold(Some(Box::new(watcher)), move |watcher| async move {
        let mut watcher = watcher?;
        let stopping = watcher.app.stopping.clone();
        let message = stopping.run_until_cancelled(watcher.next()).await;
        let message = message.unwrap_or_else(|| {
            let message = "the server is stopping; open the stream again with the last token";
            Err(Error::new(ErrorReason::Unavailable, message))
        });
        let watcher = message.is_ok().then_some(watcher);
        Some((message.map(|message| form.of(message)).map_err(Status::from), watcher))
    });
    Ok(messages.boxed())
}

/// A place of the journal that is done once `event` was shown.
struct Step<T> {
    lane: i64,
    place: Place,
    event: Option<Event<T>>,
}

struct Watcher<S: Subject> {
    app: Arc<App>,
    caller: Caller,
    accounts: Accounts,
    subject: S,
    /// The place up to which all events were shown. `None` before the start of a stream that begins
    /// with what comes now.
    positions: Option<Positions>,
    ready: VecDeque<Step<S::Shown>>,
    /// The news of the feed.
    news: Option<Receiver<Told>>,
    /// The place from which on the feed tells, and up to which the watcher reads the journal itself.
    behind: Option<Arc<Positions>>,
    /// Time of the last message.
    silent_since: Option<Instant>,
    _counted: Counted,
}

impl<S: Subject> Watcher<S> {
    async fn next(&mut self) -> Result<Message<S::Shown>> {
        loop {
            while let Some(Step { lane, place, event }) = self.ready.pop_front() {
                self.positions().lanes.insert(lane, place);
                if let Some(event) = event {
                    return Ok(self.message(event));
                }
            }
            let is_silent = self.silent_since.is_none_or(|since| since.elapsed() >= HEARTBEAT);
            // The first heartbeat shows that the journal can be read.
            if is_silent && self.news.is_some() {
                return Ok(self.message(Event::Heartbeat));
            }
            // The large futures are on the heap, so that an idle watcher is small.
            match (&mut self.news, self.behind.clone()) {
                (None, _) => Box::pin(self.join()).await?,
                (Some(_), Some(feed)) => Box::pin(self.catch_up(&feed)).await?,
                (Some(news), None) => {
                    let silence_ends = self.silent_since.unwrap_or_else(Instant::now) + HEARTBEAT;
                    let told = tokio::select! {
                        biased;
                        told = news.recv() => told,
                        () = sleep_until(silence_ends) => continue,
                    };
                    match told {
                        Some(told) => Box::pin(self.take(told)).await?,
                        // The feed has dropped this watcher, because it was too slow.
                        None => self.news = None,
                    }
                }
            }
        }
    }

    fn positions(&mut self) -> &mut Positions {
        self.positions.get_or_insert_default()
    }

    fn message(&mut self, event: Event<S::Shown>) -> Message<S::Shown> {
        self.silent_since = Some(Instant::now());
        Message { event, resume_token: self.positions().token() }
    }

    /// Joins the feed, and learns from which place on it tells.
    async fn join(&mut self) -> Result<()> {
        let mut news = self.app.feed.listen(S::KINDS, self.accounts).await?;
        let Some(Told::Passed(feed)) = news.recv().await else {
            return Err(Error::unavailable("the journal can't be read now"));
        };
        if self.positions.is_none() {
            self.positions = Some(Positions::clone(&feed));
        }
        (self.news, self.behind) = (Some(news), Some(feed));
        Ok(())
    }

    /// Takes the news that are there, and loads what they tell of.
    async fn take(&mut self, mut told: Told) -> Result<()> {
        if matches!(told, Told::Row { .. }) {
            self.app.feed.turn(&self.app.commit).await;
        }
        let mut rows = Vec::new();
        let mut count = 0;
        loop {
            match told {
                Told::Row { lane, seq, entries } => {
                    count += entries.len();
                    rows.push((lane, seq, entries.to_vec()));
                }
                Told::Passed(feed) => {
                    self.load(std::mem::take(&mut rows)).await?;
                    let passed = self.positions.get_or_insert_default();
                    // The steps that are ready set places that are before those of the feed.
                    if self.ready.is_empty() {
                        passed.move_to(&feed);
                    } else {
                        passed.learn(feed.newest);
                    }
                }
            }
            if count >= LOADED_MAX {
                break;
            }
            let Some(next) = self.news.as_mut().and_then(|news| news.try_recv().ok()) else { break };
            told = next;
        }
        self.load(rows).await
    }

    /// Reads the journal itself, up to the place from which on the feed tells.
    async fn catch_up(&mut self, feed: &Positions) -> Result<()> {
        let newest = self.positions().newest;
        let mut lanes = self.app.db.lanes_from(newest.id).await?.into_iter();
        // If the newest lane of the token is another one, the database was restored to a time before
        // the token. Its later numbers then stand for other commits.
        if newest != Opening::NONE && lanes.next() != Some(newest) {
            return Err(too_old());
        }
        let new = lanes.take_while(|lane| lane.id <= feed.newest.id);
        // Each lane after the newest of the token is there, unless it was deleted.
        if !new.map(|lane| lane.id).eq(newest.id.saturating_add(1)..=feed.newest.id) {
            return Err(too_old());
        }
        self.positions().learn(feed.newest);
        let own = self.positions().clone();
        for lane in own.lanes.keys().copied().filter(|lane| *lane <= feed.newest.id) {
            let Some(place) = own.of(lane) else { continue };
            let end = feed.of(lane);
            if end.is_some_and(|end| place >= end) {
                continue;
            }
            self.app.feed.turn(&self.app.commit).await;
            let rows = scan(&self.app, self.caller.account, async |db| {
                Ok(table::rows(db, lane, place.seq, ROWS).await?)
            });
            let rows = match rows.await {
                Ok(rows) => rows,
                // Another list of the account is read. The stream goes on after it.
                Err(error) if error.reason() == ErrorReason::Overloaded => return Ok(()),
                Err(error) => return Err(error),
            };
            if rows.first().is_none_or(|first| first.seq != place.seq) {
                // The database has lost the last rows of the lane, and the lane is closed before them.
                if self.app.db.closed_seq(lane).await?.is_some_and(|last| last < place.seq) {
                    self.ready.push_back(Step { lane, place: Place::END, event: None });
                    return Ok(());
                }
                return Err(too_old());
            }
            return self.load_rows(lane, rows, end).await;
        }
        self.positions().move_to(feed);
        self.behind = None;
        Ok(())
    }

    /// Loads what these rows of a lane tell of, except what the feed tells.
    async fn load_rows(&mut self, lane: i64, rows: Vec<table::Model>, end: Option<Place>) -> Result<()> {
        let mut closed = false;
        let mut told = Vec::new();
        let mut count = 0;
        for row in rows {
            // The rows after these are read again.
            if count >= LOADED_MAX || end.is_some_and(|end| Place::row(row.seq) >= end) {
                break;
            }
            closed |= row.kind == RowKind::Closed;
            let entries = match entries(&row, S::KINDS, self.accounts) {
                Ok(entries) => entries,
                // The rows before it are shown first.
                Err(Damaged) if !told.is_empty() => break,
                Err(Damaged) => {
                    let cause = format!("THE ROW {} OF THE JOURNAL'S LANE {lane} IS DAMAGED", row.seq);
                    return Err(Error::internal(&cause));
                }
            };
            count += entries.len();
            told.push((lane, row.seq, entries));
        }
        self.load(told).await?;
        if closed {
            self.ready.push_back(Step { lane, place: Place::END, event: None });
        }
        Ok(())
    }

    /// Loads what the entries of these rows tell of.
    async fn load(&mut self, rows: Vec<(i64, i64, Vec<Entry>)>) -> Result<()> {
        let own = self.positions().clone();
        let is_next = |lane: i64, place: Place| own.of(lane).is_some_and(|next| place >= next);
        let rows = rows.into_iter().map(|(lane, seq, mut entries)| {
            entries.retain(|entry| {
                is_next(lane, Place { seq, entry: entry.number }) && self.subject.may_pass(&entry.bytes)
            });
            (lane, seq, entries)
        });
        let rows: Vec<_> = rows.filter(|(lane, seq, _)| is_next(*lane, Place::row(seq + 1))).collect();
        let entries: Vec<&[u8]> =
            rows.iter().flat_map(|(_, _, entries)| entries.iter().map(|entry| &*entry.bytes)).collect();
        if entries.is_empty() {
            let passed = rows.iter().map(|(lane, seq, _)| Step::row(*lane, *seq));
            self.ready.extend(passed);
            return Ok(());
        }
        let mut loaded = self.subject.load(&entries).await?.into_iter();
        for (lane, seq, entries) in &rows {
            for entry in entries {
                let place = Place { seq: *seq, entry: entry.number + 1 };
                let event = match loaded.next() {
                    Some(Loaded::Shown(account, shown)) => Some(Event::Shown(account, shown)),
                    Some(Loaded::Filtered) => None,
                    Some(Loaded::Gone) | None => Some(self.longer_gap(*lane)),
                };
                self.ready.push_back(Step { lane: *lane, place, event });
            }
            self.ready.push_back(Step::row(*lane, *seq));
        }
        Ok(())
    }

    /// A gap of one event, joined with the gap before it.
    fn longer_gap(&mut self, lane: i64) -> Event<S::Shown> {
        let last =
            self.ready.pop_back_if(|step| step.lane == lane && matches!(step.event, Some(Event::Gap(_))));
        match last.and_then(|step| step.event) {
            Some(Event::Gap(events)) => Event::Gap(events + 1),
            _ => Event::Gap(1),
        }
    }
}

impl<T> Step<T> {
    /// The whole row is done.
    fn row(lane: i64, seq: i64) -> Self {
        Self { lane, place: Place::row(seq + 1), event: None }
    }
}
