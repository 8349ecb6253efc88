//! The arguments of the command line.

use std::{convert::Infallible, ffi::OsString};

use clap::{
    Arg, ArgMatches, Args, Command as Syntax, CommandFactory as _, Error, FromArgMatches as _, Parser,
    Subcommand, error::ErrorKind, parser::ValueSource,
};
use clap_complete::Shell;
use jiff::tz::TimeZone;
use s2s_sdk::parameter::is_trimmed;

use crate::{
    accounts, adjustments, clicks, codes, conversions, failure::EXIT_STATUSES, init, keys, links,
    output::Format, partners, payouts, postbacks, presets, profile::Connection, report, statements, tail,
    time::parse_zone,
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
    #[arg(long, visible_alias = "zone", global = true, value_name = "NAME", value_parser = parse_zone)]
    pub time_zone: Option<TimeZone>,

    #[command(subcommand)]
    pub command: Command,
}

impl Arguments {
    /// Reads the command line. Two rules hold for all options and arguments, so they are here: a
    /// word such as `json` may be in upper case, and an empty value is refused.
    pub fn read(words: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Result<Self, Error> {
        let mut syntax = in_any_case(Self::command());
        let mut matches = syntax.try_get_matches_from_mut(words)?;
        check_filled(&syntax, &matches)?;
        Self::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut syntax))
    }
}

fn in_any_case(syntax: Syntax) -> Syntax {
    let ignoring = |argument: Arg| {
        let has_value = argument.get_action().takes_values();
        argument.ignore_case(has_value)
    };
    syntax.mut_args(ignoring).mut_subcommands(in_any_case)
}

/// Refuses an empty value, such as that of a shell's variable that is not set. An empty value would
/// mean "everything" to a filter, and "the default" to a setting.
fn check_filled(syntax: &Syntax, matches: &ArgMatches) -> Result<(), Error> {
    for argument in syntax.get_arguments() {
        let id = argument.get_id().as_str();
        let given = matches.try_get_raw(id).ok().flatten();
        if matches.value_source(id) == Some(ValueSource::CommandLine)
            && given
                .into_iter()
                .flatten()
                .any(|value| value.to_string_lossy().trim_matches(is_trimmed).is_empty())
        {
            let sentence = format!("{argument}: the value is empty; give one, or omit it\n");
            return Err(Error::raw(ErrorKind::InvalidValue, sentence));
        }
    }
    match matches.subcommand() {
        Some((name, matches)) => {
            syntax.find_subcommand(name).map_or(Ok(()), |syntax| check_filled(syntax, matches))
        }
        None => Ok(()),
    }
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
    /// Manages partners: those who are owed a share of the conversions of some tracking links.
    Partners {
        #[command(subcommand)]
        action: partners::Action,
    },
    /// Shows what is due to partners, and keeps what they were paid.
    Payouts {
        #[command(subcommand)]
        action: payouts::Action,
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
    /// Approves a pending conversion.
    Approve(adjustments::Plain),
    /// Declines a conversion: its commission becomes 0.
    Decline(adjustments::Plain),
    /// Takes a part of a conversion's value back, or the rest of it, with its part of the commission.
    Refund(adjustments::RefundArgs),
    /// Sets another value, commission or status of a conversion.
    Restate(adjustments::RestateArgs),
    /// Takes back all that is left of a conversion.
    Reverse(adjustments::Plain),
    /// Adjusts the conversions of a CSV file; sending it again counts nothing twice.
    Adjust(adjustments::Options),
    /// Lists adjustments, newest first.
    Adjustments(adjustments::Listed),
    /// Compares the statements of networks with our conversions, and settles the differences.
    Statements {
        #[command(subcommand)]
        action: statements::Action,
    },
    /// Adds up clicks, conversions and amounts, by what they have in common and by time.
    Report(report::Report),
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
    /// Manages accounts: the owners of conversion codes, tracking links and API keys.
    Accounts {
        #[command(subcommand)]
        action: accounts::Action,
    },
    /// Sets up a network or a shop in one go: creates a conversion code and its tracking link,
    /// shows the URLs to publish and to paste, and waits for the first postback.
    Init(init::Init),
    /// Checks the server, the API key, the clocks and the set-up, and says how to cure each fault.
    /// Changes nothing.
    Doctor,
    /// Shows postbacks or conversions as they arrive, until stopped.
    Tail(tail::TailArgs),
    /// Writes the completion script for a shell.
    ///
    /// Example: `s2s completions bash > …/bash-completion/completions/s2s`
    Completions { shell: Shell },
}

/// Reads an id without the blanks and quotes around it.
#[expect(clippy::unnecessary_wraps, reason = "clap wants a result")]
pub fn given_id(text: &str) -> Result<String, Infallible> {
    Ok(text.trim_matches(is_trimmed).to_owned())
}

/// Reads the id of a preset in upper or lower case.
#[expect(clippy::unnecessary_wraps, reason = "clap wants a result")]
pub fn preset_id(text: &str) -> Result<String, Infallible> {
    Ok(text.trim_matches(is_trimmed).to_ascii_lowercase())
}

/// The part of a list to show.
#[derive(Args)]
pub struct Limit {
    /// Maximum number of items, newest first; 0 for all.
    #[arg(long, value_name = "NUMBER", default_value_t = LIMIT_DEFAULT)]
    pub limit: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The syntax without required arguments, so that each option can be tried alone.
    fn lenient(syntax: Syntax) -> Syntax {
        let syntax = syntax.subcommand_required(false).arg_required_else_help(false);
        syntax.mut_args(|argument| argument.required(false)).mut_subcommands(lenient)
    }

    /// The words of command lines that give one option an empty value: one line for each option
    /// that takes a value, of every command.
    fn options(syntax: &Syntax, words: &[String]) -> Vec<Vec<String>> {
        let own = syntax.get_arguments().filter(|argument| argument.get_action().takes_values());
        let own = own.filter_map(|argument| argument.get_long());
        let own = own.map(|long| [words, &[format!("--{long}=")][..]].concat());
        let deeper = syntax
            .get_subcommands()
            .flat_map(|command| options(command, &[words, &[command.get_name().to_owned()]].concat()));
        own.chain(deeper).collect()
    }

    #[test]
    fn an_empty_value_is_refused_by_every_option() {
        let all = options(&Arguments::command(), &["s2s".to_owned()]);
        assert!(all.len() > 50, "{}", all.len());
        for words in all {
            let mut syntax = lenient(Arguments::command());
            let read = syntax.try_get_matches_from_mut(&words);
            let error = read.and_then(|matches| check_filled(&syntax, &matches)).unwrap_err();
            // `links create --currency` needs `--new-code`.
            let kinds =
                [ErrorKind::InvalidValue, ErrorKind::ValueValidation, ErrorKind::MissingRequiredArgument];
            assert!(kinds.contains(&error.kind()), "{words:?}: {error}");
        }
        let update = ["s2s", "codes", "update", "C"];
        for (words, is_read) in [
            (&["--currency", "EUR"][..], true),
            (&["--currency", ""], false),
            (&["--currency", " "], false),
            (&["--preset", "\"\""], false),
            (&["--preset", "a"], true),
            (&["--no-preset"], true),
            (&["--no-preset", "--preset", "a"], false),
            (&["--name="], false),
            (&["--profile", ""], false),
        ] {
            let read = Arguments::read([&update[..], words].concat());
            assert_eq!(read.is_ok(), is_read, "{words:?}");
            if let Err(error) = read.map(|_| ()) {
                assert_eq!(error.exit_code(), 2);
            }
        }
        let error = Arguments::read(["s2s", "codes", "show", ""]).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("<ID>: the value is empty"), "{error}");
        // An empty default is accepted, because the caller has not given it.
        let record = ["s2s", "conversions", "record", "--code", "C", "--click", "c", "--value", "1"];
        assert!(Arguments::read(record).is_ok());
    }

    #[test]
    fn words_are_read_in_any_case() {
        for words in [
            &["s2s", "-o", "JSON", "codes", "list"][..],
            &["s2s", "codes", "list", "--output", "Csv"],
            &["s2s", "conversions", "list", "--status", "DECLINED"],
            &["s2s", "codes", "create", "--name", "a", "--default-status", "Pending", "--dedupe", "EVERY"],
            &["s2s", "postbacks", "list", "--verdict", "Held"],
        ] {
            assert!(Arguments::read(words).is_ok(), "{words:?}");
        }
        assert_eq!(preset_id(" Affise "), Ok("affise".to_owned()));
    }
}
