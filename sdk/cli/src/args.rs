//! The arguments of the command line.

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use jiff::tz::TimeZone;
use s2s_sdk::parameter::is_trimmed;

use crate::{
    accounts, clicks, codes, conversions, failure::EXIT_STATUSES, keys, links, output::Format, postbacks,
    presets, profile::Connection, tail, time::parse_zone,
};

/// Default for the maximum number of items in a list.
const LIMIT_DEFAULT: usize = 50;

/// Server-to-server conversion tracking from the command line.
#[derive(Parser)]
#[command(name = "s2s", version, after_help = EXIT_STATUSES, propagate_version = true)]
pub struct Arguments {
    #[command(flatten)]
    pub connection: Connection,

    /// Output format: a table for people, JSON or CSV for programs.
    #[arg(long, short, global = true, value_enum, default_value_t = Format::Table)]
    pub output: Format,

    /// Time zone of times that are given without a zone, for example `Europe/Berlin`. Default: this
    /// machine's time zone.
    #[arg(long, global = true, value_name = "NAME", value_parser = parse_zone)]
    pub time_zone: Option<TimeZone>,

    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Manages conversion codes: the kinds of conversions that merchants report.
    Codes {
        #[command(subcommand)]
        action: codes::Action,
    },
    /// Manages tracking links: the URLs that visitors click.
    Links {
        #[command(subcommand)]
        action: links::Action,
    },
    /// Lists, explains and records clicks: one for each visitor who followed a tracking link.
    Clicks {
        #[command(subcommand)]
        action: clicks::Action,
    },
    /// Lists, records, imports and exports conversions: the sales and sign-ups that follow clicks.
    Conversions {
        #[command(subcommand)]
        action: conversions::Action,
    },
    /// Lists, explains and replays postbacks: the requests that arrived at `/s2s`, with their
    /// verdicts.
    Postbacks {
        #[command(subcommand)]
        action: postbacks::Action,
    },
    /// Lists presets: the parameter names and macros of each network.
    Presets {
        #[command(subcommand)]
        action: presets::Action,
    },
    /// Manages API keys.
    Keys {
        #[command(subcommand)]
        action: keys::Action,
    },
    /// Manages accounts, the tenants of one installation.
    Accounts {
        #[command(subcommand)]
        action: accounts::Action,
    },
    /// Shows postbacks or conversions as they arrive, until stopped.
    Tail(tail::TailArgs),
    /// Writes the completion script for a shell.
    ///
    /// Example: `s2s completions bash > …/bash-completion/completions/s2s`
    Completions { shell: Shell },
}

/// Reads an id that narrows a command to some items. Refuses an empty id, such as the value of a
/// variable that is not set, because it would mean all items.
pub fn given_id(text: &str) -> Result<String, String> {
    given_text(text).map(|text| text.trim_matches(is_trimmed).to_owned())
}

/// Reads a text that narrows a command to some items. Refuses an empty text.
pub fn given_text(text: &str) -> Result<String, String> {
    if text.trim_matches(is_trimmed).is_empty() {
        return Err("the value is empty, and would mean everything; give one, or omit the option".to_owned());
    }
    Ok(text.to_owned())
}

/// The part of a list to show.
#[derive(Args)]
pub struct Limit {
    /// Maximum number of items, newest first; 0 for all.
    #[arg(long, value_name = "NUMBER", default_value_t = LIMIT_DEFAULT)]
    pub limit: usize,
}
