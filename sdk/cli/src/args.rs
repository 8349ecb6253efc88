//! The command line as it is typed.

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::{
    accounts, clicks, codes, conversions, failure::EXIT_STATUSES, keys, links, output::Format, postbacks,
    presets, profile::Connection, tail,
};

/// How many items a list has at the most, if nothing else is said.
const LIMIT_DEFAULT: usize = 50;

/// Server-to-server conversion tracking from the command line.
#[derive(Parser)]
#[command(name = "s2s", version, after_help = EXIT_STATUSES, propagate_version = true)]
pub struct Arguments {
    #[command(flatten)]
    pub connection: Connection,

    /// How to write: a table for people, JSON or CSV for programs.
    #[arg(long, short, global = true, value_enum, default_value_t = Format::Table)]
    pub output: Format,

    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Conversion codes: the kinds of conversions that merchants report.
    Codes {
        #[command(subcommand)]
        action: codes::Action,
    },
    /// Tracking links: what visitors click.
    Links {
        #[command(subcommand)]
        action: links::Action,
    },
    /// Clicks: one for each visitor who followed a tracking link.
    Clicks {
        #[command(subcommand)]
        action: clicks::Action,
    },
    /// Conversions: what clicks led to.
    Conversions {
        #[command(subcommand)]
        action: conversions::Action,
    },
    /// Postbacks: what arrived at `/s2s`, and what became of it.
    Postbacks {
        #[command(subcommand)]
        action: postbacks::Action,
    },
    /// Presets: what each network calls things.
    Presets {
        #[command(subcommand)]
        action: presets::Action,
    },
    /// API keys.
    Keys {
        #[command(subcommand)]
        action: keys::Action,
    },
    /// Accounts: those who share one installation.
    Accounts {
        #[command(subcommand)]
        action: accounts::Action,
    },
    /// Shows what arrives, as it arrives, until it is stopped.
    Tail(tail::What),
    /// Writes the completions of a shell, for example: `s2s completions bash > …/bash-completion/completions/s2s`.
    Completions { shell: Shell },
}

/// How much of a list.
#[derive(Args)]
pub struct Limit {
    /// How many at the most, newest first; 0 is all.
    #[arg(long, value_name = "NUMBER", default_value_t = LIMIT_DEFAULT)]
    pub limit: usize,
}
