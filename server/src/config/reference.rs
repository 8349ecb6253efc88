//! The reference page of settings, docs/reference/configuration.md, generated from the help of the
//! flags.

use std::{error::Error, fmt::Write as _, fs, io, path::Path};

use clap::{Arg, Command, CommandFactory as _};

use super::{ADMIN_KEY, CORE_KEY, Config, KEYS_HELP};

/// Variable that `make generate` sets to `1`, so that a page is written instead of compared.
const GENERATE: &str = "S2S_GENERATE";

const HEAD: &str = "<!-- Written by `make generate` from the help of the flags. Do not edit. -->

# Configuration

A setting is a flag of `s2s-server`, or a variable of its environment; the flag prevails. If a
setting is wrong, a flag is unknown, or an `S2S_…` variable is probably a misspelt setting, the
server does not start: it ends with a message, a [reason](start-reasons.md) and exit code 2. The
server warns of other unknown `S2S_…` variables, and ignores the variables that Kubernetes sets for
a service called `s2s`, such as `S2S_SERVICE_HOST`.
";

const TASKS_HEAD: &str = "With one of these words, the program copies an installation, puts a copy back, or checks its \
                          totals, and ends. It uses the settings `--database-url`, `--role`, `--spool` and `--log`, before or \
                          after the word. See [backup](../operate/backup-and-upgrade.md).";

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The page: one section for each setting, grouped by the headings of the help.
fn page() -> Result<String> {
    let mut command = Config::command();
    command.build();
    let mut page = HEAD.to_owned();
    let mut headings: Vec<Option<&str>> = vec![None];
    for heading in settings(&command).map(Arg::get_help_heading) {
        if !headings.contains(&heading) {
            headings.push(heading);
        }
    }
    for heading in headings {
        write!(page, "\n## {}\n", heading.unwrap_or("Settings"))?;
        for arg in settings(&command).filter(|arg| arg.get_help_heading() == heading) {
            write_section(&mut page, arg)?;
        }
    }
    write_tasks(&mut page, &command)?;
    write!(page, "\n## {ADMIN_KEY} and {CORE_KEY}\n\n")?;
    write!(
        page,
        "These have no flag, since every user of a machine can see the arguments.\n\n{KEYS_HELP}\n"
    )?;
    Ok(page)
}

/// One section for each task of the program besides serving.
fn write_tasks(page: &mut String, command: &Command) -> Result<()> {
    write!(page, "\n## backup and restore\n\n{TASKS_HEAD}\n")?;
    for task in command.get_subcommands() {
        let flags = task.get_arguments().filter(|arg| arg.is_required_set());
        let flags: Vec<String> = flags.map(|arg| format!(" {arg}")).collect();
        write!(page, "\n### {}\n\n`s2s-server {0}{}`", task.get_name(), flags.concat())?;
        let help = task.get_long_about().or(task.get_about()).ok_or("a task without help")?.to_string();
        let stop = if help.ends_with('.') { "" } else { "." };
        write!(page, "\n\n{help}{stop}\n")?;
    }
    Ok(())
}

fn settings(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|arg| arg.get_env().is_some())
}

fn write_section(page: &mut String, arg: &Arg) -> Result<()> {
    let flag = arg.get_long().ok_or("a setting without a flag")?;
    let variable = arg.get_env().unwrap_or_default().to_string_lossy();
    let takes_value = arg.get_action().takes_values();
    let names = arg.get_value_names().unwrap_or_default();
    let value = if takes_value { format!(" <{}>", names.join("> <")) } else { String::new() };
    let several = arg.get_value_delimiter().map(|_| ", several separated by commas").unwrap_or_default();
    write!(page, "\n### --{flag}\n\n`--{flag}{value}`, `{variable}`{several}.")?;
    let defaults: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    if takes_value && !defaults.is_empty() {
        write!(page, " Default: `{}`.", defaults.join(","))?;
    }
    let help =
        arg.get_long_help().or(arg.get_help()).ok_or_else(|| format!("--{flag} has no help"))?.to_string();
    // clap removes the last full stop of a help text.
    let stop = if help.ends_with('.') { "" } else { "." };
    write!(page, "\n\n{help}{stop}\n")?;
    let values = if takes_value { arg.get_possible_values() } else { Vec::new() };
    if !values.is_empty() {
        writeln!(page)?;
    }
    for value in values {
        let help = value.get_help().map(|help| format!(": {help}")).unwrap_or_default();
        writeln!(page, "- `{}`{help}", value.get_name())?;
    }
    Ok(())
}

/// Compares a page of docs/reference/ with the committed one. Under `make generate`, writes the
/// page instead.
#[expect(clippy::disallowed_methods, reason = "no setting of the server")]
pub fn check_page(name: &str, page: &str) -> io::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference").join(name);
    if std::env::var(GENERATE).is_ok_and(|value| value == "1") {
        fs::write(path, page)
    } else {
        let is_fresh = fs::read_to_string(path)? == page;
        assert!(is_fresh, "docs/reference/{name} is not fresh; run `make generate`");
        Ok(())
    }
}

#[test]
fn the_reference_page_of_settings_is_fresh() -> Result<()> {
    Ok(check_page("configuration.md", &page()?)?)
}
