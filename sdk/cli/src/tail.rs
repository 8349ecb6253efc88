//! `s2s tail`: shows items as they arrive, by polling.

use std::{collections::BTreeMap, time::Duration};

use clap::{Args, ValueEnum};
use futures::{StreamExt as _, TryStreamExt as _, stream::BoxStream};
use s2s_sdk::{
    Client, Error,
    prost_types::Timestamp,
    v1::{
        Conversion, ConversionFilter, ListConversionsRequest, ListPostbacksRequest, Postback, PostbackFilter,
    },
};
use tokio::time::{MissedTickBehavior, interval};

use crate::{
    failure::Failure,
    output::{Output, Record},
};

/// Maximum time by which an item may be older than items that became visible before it, in seconds.
const LATE_SECONDS: i64 = 10;
/// Maximum number of items that one poll lists. If there are more, it lists the newest.
const LOOK_ITEMS_MAX: usize = 10_000;

#[derive(Args)]
pub struct TailArgs {
    #[arg(value_enum, default_value_t = Kind::Postbacks)]
    kind: Kind,
    /// Time between two polls, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    interval: u64,
    /// Number of items after which to end; 0 for no end.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    count: usize,
    /// Begin with the items that exist already.
    #[arg(long)]
    from_start: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Postbacks,
    Conversions,
}

/// An item with a time and an id.
trait Timed: Record {
    fn key(&self) -> (Timestamp, String);
    /// Lists the items that arrived at or after this time, newest first.
    fn since(client: &Client, time: Option<Timestamp>) -> BoxStream<'static, Result<Self, Error>>;
}

impl Timed for Postback {
    fn key(&self) -> (Timestamp, String) {
        let time = self.raw.as_ref().and_then(|raw| raw.receive_time);
        (time.unwrap_or_default(), self.id.clone())
    }

    fn since(client: &Client, start_time: Option<Timestamp>) -> BoxStream<'static, Result<Self, Error>> {
        let filter = Some(PostbackFilter { start_time, ..Default::default() });
        client.postbacks().list(ListPostbacksRequest { filter, ..Default::default() })
    }
}

impl Timed for Conversion {
    fn key(&self) -> (Timestamp, String) {
        (self.create_time.unwrap_or_default(), self.id.clone())
    }

    fn since(client: &Client, start_time: Option<Timestamp>) -> BoxStream<'static, Result<Self, Error>> {
        let filter = Some(ConversionFilter { start_time, ..Default::default() });
        client.conversions().list(ListConversionsRequest { filter, ..Default::default() })
    }
}

pub async fn run(what: TailArgs, client: &Client, output: &Output) -> Result<(), Failure> {
    match what.kind {
        Kind::Postbacks => follow::<Postback>(&what, client, output).await,
        Kind::Conversions => follow::<Conversion>(&what, client, output).await,
    }
}

async fn follow<R: Timed>(what: &TailArgs, client: &Client, output: &Output) -> Result<(), Failure> {
    let mut seen = Seen::default();
    if !what.from_start {
        let newest: Vec<R> = R::since(client, None).take(1).try_collect().await?;
        // Polls list the items of the last `LATE_SECONDS` again, so the existing items are noted as
        // seen.
        let start = newest.first().map(|item| late(item.key().0));
        let there: Vec<R> = match start {
            Some(start) => R::since(client, Some(start)).take(LOOK_ITEMS_MAX).try_collect().await?,
            None => newest,
        };
        for item in &there {
            seen.is_new(item.key());
        }
    }
    let mut looks = interval(Duration::from_secs(what.interval));
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut shown = 0;
    let mut with_titles = true;
    loop {
        looks.tick().await;
        let items = R::since(client, seen.start()).take(LOOK_ITEMS_MAX);
        let mut items: Vec<R> = items.try_collect().await?;
        items.reverse();
        items.retain(|item| seen.is_new(item.key()));
        if what.count > 0 {
            items.truncate(what.count - shown);
        }
        shown += items.len();
        output.append(&items, with_titles)?;
        with_titles &= items.is_empty();
        if what.count > 0 && shown == what.count {
            return Ok(());
        }
    }
}

/// Items that were seen and may be listed again, by id.
#[derive(Default)]
struct Seen {
    newest: Option<Timestamp>,
    items: BTreeMap<String, Timestamp>,
}

impl Seen {
    /// Time from which the next poll lists items.
    fn start(&self) -> Option<Timestamp> {
        self.newest.map(late)
    }

    fn is_new(&mut self, (time, id): (Timestamp, String)) -> bool {
        let order = |time: &Timestamp| (time.seconds, time.nanos);
        if self.newest.is_none_or(|newest| order(&newest) < order(&time)) {
            self.newest = Some(time);
            let start = late(time);
            self.items.retain(|_, time| order(time) >= order(&start));
        }
        self.items.insert(id, time).is_none()
    }
}

fn late(time: Timestamp) -> Timestamp {
    Timestamp { seconds: time.seconds - LATE_SECONDS, ..time }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latecomers_are_new_once_and_what_is_old_is_forgotten() {
        let at = |seconds, id: &str| (Timestamp { seconds, nanos: 0 }, id.to_owned());
        let mut seen = Seen::default();
        assert!(seen.is_new(at(100, "a")) && !seen.is_new(at(100, "a")));
        assert!(seen.is_new(at(95, "late")) && !seen.is_new(at(95, "late")));
        assert!(seen.is_new(at(109, "b")));
        assert_eq!(seen.start().map(|time| time.seconds), Some(99));
        let ids: Vec<&String> = seen.items.keys().collect();
        assert_eq!(ids, ["a", "b"]);
    }
}
