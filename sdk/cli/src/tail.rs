//! `s2s tail`: shows items as they arrive.

mod lines;
mod only;

use std::collections::HashSet;

use clap::{Args, ValueEnum};
use futures::{StreamExt as _, TryStreamExt as _, stream::BoxStream};
use s2s_sdk::{
    Client, Error, WatchState,
    v1::{
        Conversion, ConversionFilter, ListConversionsRequest, ListPostbacksRequest, Postback, PostbackFilter,
        WatchConversionsRequest, WatchPostbacksRequest, watch_conversions_response::Event as OfConversion,
        watch_postbacks_response::Event as OfPostback,
    },
};

use self::{
    lines::{Event, Lines},
    only::Only,
};
use crate::{
    args::given_id,
    cells::plain,
    failure::Failure,
    output::{Output, Record, say},
};

#[derive(Args)]
pub struct TailArgs {
    #[arg(value_enum, default_value_t = Kind::Postbacks)]
    kind: Kind,
    #[command(flatten)]
    only: Only,
    /// Number of items after which to end; 0 for no end.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    count: usize,
    /// Begin with the items that exist already.
    #[arg(long)]
    from_start: bool,
    /// Go on behind the item with this resume token, which `--output json` and `--output csv` show.
    #[arg(
        long,
        value_name = "TOKEN",
        value_parser = given_id,
        allow_hyphen_values = true,
        conflicts_with = "from_start"
    )]
    resume_token: Option<String>,
    /// Show the items of all accounts that arrive; needs the scopes `read` and `admin`.
    #[arg(long, conflicts_with = "from_start")]
    all_accounts: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Postbacks,
    Conversions,
}

/// A message of a stream.
enum Message<R> {
    Item(Box<Event<R>>),
    Heartbeat,
    /// Number of items that are deleted by now.
    Gap(i64),
}

/// The part of the events to show.
struct Request<F> {
    filter: F,
    resume_token: String,
    all_accounts: bool,
}

/// An item that has a stream.
trait Watched: Record + Send + 'static {
    type Filter: Clone;

    fn id(&self) -> &str;
    /// Lists the items that pass, newest first.
    fn list(client: &Client, filter: Self::Filter) -> BoxStream<'static, Result<Self, Error>>;
    fn watch(
        client: &Client,
        request: Request<Self::Filter>,
    ) -> BoxStream<'static, Result<Message<Self>, Error>>;
}

impl Watched for Postback {
    type Filter = PostbackFilter;

    fn id(&self) -> &str {
        &self.id
    }

    fn list(client: &Client, filter: PostbackFilter) -> BoxStream<'static, Result<Self, Error>> {
        client.postbacks().list(ListPostbacksRequest { filter: Some(filter), ..Default::default() })
    }

    fn watch(
        client: &Client,
        request: Request<PostbackFilter>,
    ) -> BoxStream<'static, Result<Message<Self>, Error>> {
        let Request { filter, resume_token, all_accounts } = request;
        let request = WatchPostbacksRequest { filter: Some(filter), resume_token, all_accounts };
        let messages = client.postbacks().watch(request).map_ok(|message| match message.event {
            Some(OfPostback::Postback(item)) => {
                let (account_id, resume_token) = (message.account_id, message.resume_token);
                Message::Item(Box::new(Event { item, account_id, resume_token }))
            }
            Some(OfPostback::Gap(gap)) => Message::Gap(gap.events),
            Some(OfPostback::Heartbeat(_)) | None => Message::Heartbeat,
        });
        messages.boxed()
    }
}

impl Watched for Conversion {
    type Filter = ConversionFilter;

    fn id(&self) -> &str {
        &self.id
    }

    fn list(client: &Client, filter: ConversionFilter) -> BoxStream<'static, Result<Self, Error>> {
        client.conversions().list(ListConversionsRequest { filter: Some(filter), ..Default::default() })
    }

    fn watch(
        client: &Client,
        request: Request<ConversionFilter>,
    ) -> BoxStream<'static, Result<Message<Self>, Error>> {
        let Request { filter, resume_token, all_accounts } = request;
        let request = WatchConversionsRequest { filter: Some(filter), resume_token, all_accounts };
        let messages = client.conversions().watch(request).map_ok(|message| match message.event {
            Some(OfConversion::Conversion(item)) => {
                let (account_id, resume_token) = (message.account_id, message.resume_token);
                Message::Item(Box::new(Event { item, account_id, resume_token }))
            }
            Some(OfConversion::Gap(gap)) => Message::Gap(gap.events),
            Some(OfConversion::Heartbeat(_)) | None => Message::Heartbeat,
        });
        messages.boxed()
    }
}

pub async fn run(mut what: TailArgs, client: &Client, output: &Output) -> Result<(), Failure> {
    let only = std::mem::take(&mut what.only);
    // The SDK opens a lost stream again for as long as it takes, so nobody would learn of an outage.
    let client = &client.with_watch_listener(|state| match state {
        WatchState::Lost(error) => {
            say(&format!("the connection is lost, and is tried again: {}", plain(&error.to_string())));
        }
        _ => say("the connection is back; the stream goes on where it was lost"),
    });
    match what.kind {
        Kind::Postbacks => {
            let filter = only.postbacks(client).await?;
            follow::<Postback>(what, filter, client, output).await
        }
        Kind::Conversions => {
            let filter = only.conversions(client).await?;
            follow::<Conversion>(what, filter, client, output).await
        }
    }
}

async fn follow<R: Watched>(
    what: TailArgs,
    filter: R::Filter,
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    let TailArgs { count, from_start, resume_token, all_accounts, .. } = what;
    let resume_token = resume_token.unwrap_or_default();
    let mut messages = R::watch(client, Request { filter: filter.clone(), resume_token, all_accounts });
    // The first message shows that the stream has begun. So whatever is not in the list comes in the
    // stream; what is in both is shown once.
    messages.try_next().await?;
    let mut lines = Lines::new(output, all_accounts);
    let mut shown = 0;
    let mut listed = HashSet::new();
    if from_start {
        let mut there: Vec<R> = R::list(client, filter).try_collect().await?;
        there.reverse();
        if count > 0 {
            there.truncate(count);
        }
        shown = there.len();
        for item in there {
            listed.insert(item.id().to_owned());
            lines.write(&Event { item, account_id: String::new(), resume_token: String::new() })?;
        }
    }
    while count == 0 || shown < count {
        let Some(message) = messages.try_next().await? else { break };
        match message {
            Message::Item(event) if listed.remove(event.item.id()) => {}
            Message::Item(event) => {
                shown += 1;
                lines.write(&*event)?;
            }
            Message::Gap(events) => say(&format!("{events} items were deleted before they could be shown")),
            Message::Heartbeat => {}
        }
    }
    Ok(())
}
